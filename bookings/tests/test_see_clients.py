"""/clients/: the coach's clients by name, and her file on each."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme, book_session
from coaching_portal.testing.plugin import NINE
from profiles.models import Client, Coach

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NEXT_DAY = NINE + 24 * HOUR


@pytest.fixture(autouse=True)
def _the_day_after():
    with time_machine.travel(NEXT_DAY, tick=False):
        yield


def file_of(person):
    return f"/clients/{Client.objects.get(user=person).uuid}/"


def test_a_client_s_next_and_last_session_number_and_programme_are_listed(
    as_coach, coach, client_user
):
    agreed_programme(coach, client_user)
    first = book_session(coach, client_user)
    book_session(coach, client_user, starts_at=NINE + 72 * HOUR)
    book_session(coach, client_user, starts_at=NINE + 96 * HOUR)
    actions.confirm(session=first, by=coach.user, at=NEXT_DAY)

    listed = as_coach.get("/clients/").context["page"][0]

    assert listed.next_starts_at == NINE + 72 * HOUR
    assert listed.last_starts_at == NINE
    assert listed.sessions_held == 1
    assert listed.programme == "Agreed"


def test_cancelled_sessions_are_no_sessions(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)

    listed = as_coach.get("/clients/").context["page"][0]

    assert (listed.last_starts_at, listed.sessions_held) == (None, 0)


def test_clients_are_in_the_order_of_their_names(as_coach, coach, make_user):
    for name in ("Zoë", "Émile", "adam"):
        person = make_user(f"{name[-2:]}@example.org", name=name)
        Client.objects.create(coach=coach, user=person)

    assert [str(client) for client in as_coach.get("/clients/").context["page"]] == [
        "adam",
        "Émile",
        "Zoë",
    ]


@pytest.mark.parametrize(("name", "found"), [("emile", 1), ("ÉMI", 1), (" mile ", 1), ("q", 0)])
def test_clients_are_found_by_part_of_their_name(as_coach, coach, make_user, name, found):
    Client.objects.create(coach=coach, user=make_user(name="Émile Example"))

    assert len(as_coach.get("/clients/", {"name": name}).context["page"]) == found


def test_a_name_that_is_nobody_s_is_said_so(as_coach):
    assert "None of your clients is called “&lt;b&gt;”" in (
        as_coach.get("/clients/", {"name": "<b>"}).text
    )
    assert "Your clients will appear here" in as_coach.get("/clients/").text


def test_many_clients_are_paged_and_take_as_many_queries_as_few(
    as_coach, coach, make_user, django_assert_num_queries
):
    Client.objects.create(coach=coach, user=make_user("first@example.org"))
    as_coach.get("/clients/")  # what every page asks once is then in the cache
    with CaptureQueriesContext(connection) as few:
        as_coach.get("/clients/")
    for number in range(30):
        Client.objects.create(coach=coach, user=make_user(f"client{number}@example.org"))

    with django_assert_num_queries(len(few)):
        text = as_coach.get("/clients/").text

    assert "1 of 2" in text
    assert len(as_coach.get("/clients/?page=2").context["page"]) == 6


def test_the_file_shows_contact_needs_sessions_and_programmes(as_coach, coach, client_user):
    agreed_programme(coach, client_user, title="Leading a new team")
    past = book_session(coach, client_user)
    ahead = book_session(coach, client_user, starts_at=NINE + 72 * HOUR, needs="Large print")
    type(client_user).objects.filter(pk=client_user.pk).update(phone="01632 960001")

    text = as_coach.get(file_of(client_user)).text

    for words in ("client@example.org", "01632 960001", "Large print", "Leading a new team"):
        assert words in text
    assert f"/sessions/{past.uuid}/" in text
    assert f"/sessions/{ahead.uuid}/" in text
    assert "To confirm" in text


def test_a_session_can_be_booked_from_the_file(as_coach, coach, client_user):
    book_session(coach, client_user)
    client = Client.objects.get()

    assert (
        f'href="/book/una-umber/?client={client.uuid}"' in as_coach.get(file_of(client_user)).text
    )


def test_sessions_with_another_coach_are_not_in_the_file(as_coach, coach, client_user, make_user):
    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    book_session(coach, client_user)
    elsewhere = book_session(other, client_user, starts_at=NINE + 72 * HOUR)
    address = f"/clients/{Client.objects.get(coach=coach).uuid}/"

    assert str(elsewhere.uuid) not in as_coach.get(address).text
    assert as_coach.get("/clients/").context["page"][0].next_starts_at is None


def test_the_file_is_that_coach_s_alone(client, signed_in, coach, client_user, make_user):
    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    book_session(coach, client_user)
    address = file_of(client_user)

    assert client.get(address).status_code == 302
    assert signed_in(client_user).get(address).status_code == 404
    assert signed_in(other.user).get(address).status_code == 404
    assert signed_in(client_user).get("/clients/").status_code == 404
    assert list(signed_in(other.user).get("/clients/").context["page"]) == []


def test_reading_only(as_coach, coach, client_user):
    book_session(coach, client_user)

    assert as_coach.post("/clients/").status_code == 405
    assert as_coach.post(file_of(client_user)).status_code == 405
