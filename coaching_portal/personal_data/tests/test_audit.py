"""The audit trail: who, what, when; never what was told in confidence; and it cannot be edited."""

from datetime import timedelta

import pghistory
import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from bookings.actions import changes
from bookings.models import CoachingSession
from coaching_portal.billing.models import Practice
from coaching_portal.personal_data import audit, privacy, retention
from coaching_portal.testing.factories.sessions import book_session
from coaching_portal.testing.plugin import NINE
from profiles.models import Membership, Organisation, User

pytestmark = pytest.mark.django_db

CONFIDENCES = ("a lift to floor nineteen", "9 Heronry Lane", "the matter of the herons")


def trail(thing):
    return audit.changes_of(thing)


def cancel(session, user, query=""):
    """Press the button, as that person would, some weeks before the session."""
    browser = Browser()
    with time_machine.travel(NINE - timedelta(days=20)):
        browser.force_login(user)
        browser.post(reverse("bookings:cancel", args=[session.uuid]) + query)


def test_who_cancelled_is_known_with_the_page_and_what_it_was(coach, client_user):
    session = book_session(coach, client_user)

    cancel(session, client_user)

    newest = trail(session)[0]
    assert (newest.what, newest.by, newest.where) == ("changed", "Cleo Client", "bookings:cancel")
    assert ("status", "Booked", "Cancelled") in newest.fields


def test_a_task_is_named(coach, client_user):
    from bookings.tasks import complete_unconfirmed

    session = book_session(coach, client_user)
    shift = timezone.now() - timedelta(days=9) - session.starts_at
    CoachingSession.objects.filter(pk=session.pk).update(
        starts_at=session.starts_at + shift,
        ends_at=session.ends_at + shift,
        free_again_at=session.free_again_at + shift,
    )

    complete_unconfirmed()

    assert trail(session)[0].by == "bookings.tasks.complete_unconfirmed"


def test_what_is_changed_in_sql_is_seen_as_well(people):
    organisation = people.organisation
    with connection.cursor() as cursor:
        cursor.execute("UPDATE profiles_organisation SET payables_email = 'thief@example.org'")

    newest = trail(organisation)[0]

    assert newest.by == "the portal itself"
    assert newest.fields == [("accounts payable email", "–", "thief@example.org")]


def test_a_deletion_stays_in_the_trail(people):
    membership = Membership.objects.filter(organisation=people.organisation).first()
    key = membership.pk

    membership.delete()

    events = Membership.pgh_event_model.objects.filter(pgh_obj_id=key)
    assert list(events.values_list("pgh_label", flat=True)) == ["created", "deleted"]


def test_other_fields_make_no_event(client_user):
    before = len(trail(client_user))

    client_user.name, client_user.needs = "Cleo Changed", CONFIDENCES[0]
    client_user.save()

    assert len(trail(client_user)) == before


@pytest.mark.parametrize("statement", ["UPDATE {} SET pgh_label = 'nothing'", "DELETE FROM {}"])
def test_nobody_edits_the_trail(client_user, statement):
    table = User.pgh_event_model._meta.db_table
    with (
        pytest.raises(DatabaseError, match="Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))


def test_control_without_its_guard_it_could_be_edited(client_user):
    import pgtrigger

    with pgtrigger.ignore():
        User.pgh_event_model.objects.update(pgh_label="nothing")

    assert trail(client_user)[0].what == "nothing"


def test_nothing_told_in_confidence_is_in_it(coach, client_user):
    needs, place, topic = CONFIDENCES
    session = book_session(coach, client_user, needs=needs, location_details=place)
    changes.add_to_agenda(session=session, text=topic, by=client_user, at=NINE - timedelta(days=5))
    client_user.set_password("seven wet herons walk")
    client_user.save()

    text = text_of_all_events()

    assert str(session.starts_at.year) in text
    hidden = [*CONFIDENCES, client_user.password, client_user.name, client_user.email]
    assert [word for word in hidden if word in text] == []


def text_of_all_events():
    tables = [model._meta.db_table for model in audit.event_models()]
    with connection.cursor() as cursor:
        rows = []
        for table in [*tables, "pghistory_context"]:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows += [row for (row,) in cursor.fetchall()]
    return "\n".join(rows)


def test_the_page_is_kept_by_its_name_and_not_its_address(coach, client_user):
    session = book_session(coach, client_user)

    cancel(session, client_user, query="?token=told-to-nobody")

    contexts = pghistory.models.Context.objects.values_list("metadata", flat=True)
    assert {"user": client_user.pk, "page": "bookings:cancel"} in contexts
    assert not [context for context in contexts if "told-to-nobody" in str(context)]


def test_the_admin_reads_it_beside_djangos_own_history(
    admin_user, client, django_assert_num_queries
):
    practice = Practice.current()
    for number in range(5):
        practice.bank_account_number = f"0000000{number}"
        practice.save()
    client.force_login(admin_user)
    address = reverse("admin:billing_practice_history", args=[practice.pk])
    client.get(address)

    page = client.get(address).content.decode()

    assert "account number: 00000003 → 00000004" in page


@pytest.mark.parametrize("number", [1, 30])
def test_it_costs_two_queries_however_long_it_is(number, django_assert_num_queries):
    organisation = Organisation.objects.create(name="Example Trust")
    for days in range(number):
        with pghistory.context(user=days):
            organisation.payment_terms_days = 31 + days
            organisation.save()

    with django_assert_num_queries(2):
        found = trail(organisation)

    assert len(found) == number + 1


def test_events_go_after_six_years(client_user):
    kind = next(each for each in privacy.retentions() if each.name == "trail-user")
    at = timezone.now()

    assert retention.too_old(kind, at + timedelta(days=2191)).count() == 0
    assert retention.forget(kind, at + timedelta(days=2193)) > 0
    assert not User.pgh_event_model.objects.exists()


def test_every_person_and_everything_sold_is_watched():
    watched = {model.pgh_tracked_model.__name__ for model in audit.event_models()}

    assert watched >= {"User", "Membership", "CoachingSession", "Programme", "Invoice", "Payment"}
    assert watched >= {"CreditNote", "Allocation", "CourseBooking", "Enrolment", "Practice"}
    assert get_user_model().__name__ in watched
