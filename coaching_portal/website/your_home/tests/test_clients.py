"""What a client finds after sign-in, and what nobody else finds of it."""

from datetime import timedelta

import pytest

from bookings import actions
from bookings.actions import extensions
from bookings.models import BookingRules
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    book_session,
    open_hours,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Client, DiaryDelegate

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DAY = timedelta(days=1)
ROOM = "https://video.example.org/una"

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(coach, client_user):
    """A video session at nine, of one hour."""
    booked = book_session(coach, client_user)
    BookingRules.objects.update(video_room_url=ROOM)
    return booked


@pytest.mark.parametrize(
    ("at", "can_be_joined"),
    [
        (NINE - 10 * MINUTE - SECOND, False),
        (NINE - 10 * MINUTE, True),
        (NINE + HOUR - SECOND, True),
        (NINE + HOUR, False),
    ],
)
def test_the_next_session_is_joined_from_ten_minutes_before(
    home, client_user, session, at, can_be_joined
):
    assert (ROOM in home(client_user, at=at)) is can_be_joined


@pytest.mark.parametrize(("at", "is_next"), [(HOUR - SECOND, True), (HOUR, False)])
def test_a_session_is_the_next_one_until_it_ends(home, client_user, session, at, is_next):
    page = home(client_user, at=NINE + at)

    assert (str(session.uuid) in page) is is_next
    assert ("Your next session will appear here" in page) is not is_next


@pytest.mark.parametrize(("at", "can_be_moved"), [(-SECOND, True), (SECOND, False)])
def test_a_session_is_moved_until_its_notice_and_cancelled_until_it_starts(
    home, client_user, session, at, can_be_moved
):
    page = home(client_user, at=session.free_cancellation_until + at)

    assert ("Move session" in page) is can_be_moved
    assert ("Ask to move session" in page) is not can_be_moved
    assert f"/sessions/{session.uuid}/move/" in page
    assert f"/sessions/{session.uuid}/cancel/" in page


def test_the_agenda_is_asked_for_until_the_client_has_written_one(home, client_user, session):
    before = home(client_user, at=NINE - DAY)
    actions.add_to_agenda(session=session, text="Rotas", by=client_user, at=NINE - DAY)
    after = home(client_user, at=NINE - DAY)

    assert f"/sessions/{session.uuid}/#agenda" in before
    assert "#agenda" not in after
    assert "Rotas" not in after


def test_no_agenda_is_asked_for_once_the_session_has_started(home, client_user, session):
    assert "#agenda" in home(client_user, at=NINE - SECOND)
    assert "#agenda" not in home(client_user, at=NINE)


def test_a_programme_says_what_is_left_and_when_its_review_is(home, coach, client_user):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=6)
    book_session(coach, client_user, programme=programme)

    page = home(client_user, at=NINE - DAY)

    assert "5 of 6 sessions left, review 6 August 2027" in page
    assert f"/book/una-umber/?programme={programme.uuid}" in page


def test_a_programme_that_is_used_up_is_not_booked(home, coach, client_user):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=1)
    book_session(coach, client_user, programme=programme)

    page = home(client_user, at=NINE - DAY)

    assert "0 of 1 sessions left" in page
    assert "?programme=" not in page


def test_what_is_proposed_is_there_to_answer(home, coach, client_user):
    agreed = agreed_programme(coach, client_user)
    proposed = proposed_programme(coach, client_user, sessions=3)
    extensions.propose(
        programme=agreed,
        sessions_added=2,
        new_review_on=(NINE + 200 * DAY).date(),
        by=coach.user,
        at=NINE,
    )

    page = home(client_user, at=NINE)

    assert page.count("Read and answer") == 2
    assert page.index(str(proposed.uuid)) < page.index(str(agreed.uuid))
    assert "Extension proposed" in page


def test_invoices_to_pay_are_summed_and_paid_ones_are_not(home, coach, client_user, admin_user):
    ledger.set_up_practice()
    Client.objects.create(user=client_user, coach=coach)
    assert "Invoices to pay" not in home(client_user, at=ledger.NOW)

    for _ in range(2):
        invoice = ledger.issue_to(client_user, by=admin_user)
    page = home(client_user, at=ledger.NOW)

    assert "2 invoices, £150.00" in page
    assert "Overdue" not in page
    assert "Overdue" not in home(client_user, at=ledger.NOW + DAY * 14)
    assert "Overdue" in home(client_user, at=ledger.NOW + DAY * 15)
    assert (invoice.due_on - ledger.TODAY).days == 14


def test_a_stranger_sees_nothing_of_a_client(home, coach, client_user, stranger, session):
    agreed_programme(coach, client_user, review_on=(NINE + 90 * DAY).date())

    page = home(stranger, at=NINE)

    assert "Your coaching" not in page
    for theirs in (str(session.uuid), "Cleo", "programmes/"):
        assert theirs not in page


def test_an_assistant_sees_time_and_location_only(home, coach, client_user, stranger, session):
    DiaryDelegate.objects.create(user=stranger, client=client_user)
    actions.add_to_agenda(session=session, text="Rotas", by=client_user, at=NINE - 3 * DAY)
    agreed_programme(coach, client_user, review_on=(NINE + 90 * DAY).date())

    page = home(stranger, at=NINE - 5 * MINUTE)

    assert "For Cleo Client" in page
    assert f"/sessions/{session.uuid}/cancel/" in page
    for hidden in ("Rotas", ROOM, "programmes/", "£", "agenda"):
        assert hidden not in page


def test_the_sessions_of_others_are_not_ones_own(home, client_user, stranger, session):
    DiaryDelegate.objects.create(user=stranger, client=client_user)
    Client.objects.create(user=stranger, coach=session.coach)

    page = home(stranger, at=NINE - DAY)

    assert "Your next session will appear here" in page
    assert page.count(f"/sessions/{session.uuid}/cancel/") == 1
