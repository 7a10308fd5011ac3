"""A query whose SQL is written once asks what the same query asks that is written each time."""

import pytest
from django.db import connection, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError

from coaching_portal.common.answered_requests import AnsweredRequest
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.testing.races import at_once
from profiles.models import Client, Coach, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(make_user):
    return [make_user(f"person{number}@example.org", name=f"Person {number}") for number in (1, 2)]


def test_the_values_change_and_the_query_stays(people, django_assert_num_queries):
    by_email = PreparedQuery(lambda email: User.objects.filter(email=email))

    with django_assert_num_queries(3):
        found = [by_email.all(email=person.email) for person in [*people, *people[:1]]]

    assert found == [[people[0]], [people[1]], [people[0]]]


def test_the_query_is_built_once(people):
    built = []
    prepared = PreparedQuery(lambda key: built.append(key) or User.objects.filter(pk=key))

    assert [prepared.get(key=person.pk) for person in people] == people
    assert len(built) == 1


def test_rows_come_as_the_query_says(people, coach):
    flat = PreparedQuery(lambda key: User.objects.filter(pk=key).values_list("email", flat=True))
    union = PreparedQuery(
        lambda one, other: (
            User.objects.filter(pk=one)
            .order_by()
            .values_list("email", Value(1))
            .union(
                User.objects.filter(pk=other).order_by().values_list("email", Value(2)), all=True
            )
        )
    )

    assert flat.all(key=people[0].pk) == [people[0].email]
    assert sorted(union.all(one=people[0].pk, other=people[1].pk)) == [
        (people[0].email, 1),
        (people[1].email, 2),
    ]


def test_related_rows_come_with_it(coach, django_assert_num_queries):
    prepared = PreparedQuery(lambda slug: Coach.objects.select_related("user").filter(slug=slug))

    with django_assert_num_queries(1):
        found = prepared.get(slug=coach.slug)
        assert found.user.email == coach.user.email

    assert (found, found.hourly_rate) == (coach, coach.hourly_rate)


def test_a_found_row_can_be_changed_and_saved(people):
    prepared = PreparedQuery(lambda key: User.objects.filter(pk=key))
    found = prepared.get(key=people[0].pk)

    found.name = "Another name"
    found.save()

    assert prepared.get(key=people[0].pk).name == "Another name"
    assert not found._state.adding


def test_nothing_found_is_none_or_does_not_exist():
    prepared = PreparedQuery(lambda key: User.objects.filter(pk=key))

    assert prepared.first(key=0) is None
    with pytest.raises(User.DoesNotExist):
        prepared.get(key=0)


def test_a_quote_is_a_value_like_any_other(make_user):
    person = make_user("o'brien%s@example.org")
    prepared = PreparedQuery(lambda email: User.objects.filter(email=email))

    assert prepared.get(email=person.email) == person
    assert prepared.all(email="' OR 1=1 --") == []


def test_a_missing_value_is_a_mistake(people):
    prepared = PreparedQuery(lambda key: User.objects.filter(pk=key))

    with pytest.raises(KeyError):
        prepared.all()


def test_what_a_lookup_brings_with_it_stays(people, coach):
    theirs = PreparedQuery(
        lambda person: Client.objects.filter(coach__slug=coach.slug, user=person)
    )
    made = Client.objects.create(user=people[0], coach=coach)

    assert theirs.all(person=people[0].pk) == [made]
    assert theirs.all(person=people[1].pk) == []


@pytest.mark.django_db(transaction=True)
def test_rows_are_locked_inside_a_transaction_only(people):
    prepared = PreparedQuery(lambda key: User.objects.select_for_update().filter(pk=key))
    with transaction.atomic():
        prepared.get(key=people[0].pk)

    with pytest.raises(TransactionManagementError):
        prepared.get(key=people[0].pk)


@pytest.mark.django_db(transaction=True)
def test_each_thread_asks_on_its_own_connection():
    process = PreparedQuery(
        lambda: AnsweredRequest.objects.none().union(AnsweredRequest.objects.all())
    )
    AnsweredRequest.objects.create(key="0" * 32)

    def ask():
        found = process.all()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            return len(found), cursor.fetchone()[0]

    answers = at_once([ask] * 4)

    assert [number for number, _ in answers] == [1] * 4
    assert len({backend for _, backend in answers}) == 4
