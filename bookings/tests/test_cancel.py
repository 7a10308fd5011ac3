from datetime import UTC, datetime, timedelta

import pytest

from bookings import actions
from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme, book_session
from coaching_portal.testing.plugin import NINE
from profiles.models import Organisation

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
Status = CoachingSession.Status


def cancel(session, *, at, by=None):
    return actions.cancel(session=session, by=by or session.client, at=at)


def test_cancelling_exactly_48_hours_before_is_free(coach, client_user):
    session = cancel(book_session(coach, client_user), at=NINE - 48 * HOUR)

    assert session.status == Status.CANCELLED
    assert not session.is_billable


def test_cancelling_a_second_inside_48_hours_is_late_and_billed(coach, client_user):
    session = cancel(book_session(coach, client_user), at=NINE - 48 * HOUR + SECOND)

    assert session.status == Status.CANCELLED_LATE
    assert session.is_billable
    assert list(CoachingSession.objects.billable()) == [session]


def test_a_session_that_has_started_cannot_be_cancelled(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.AlreadyStarted):
        cancel(session, at=NINE)
    assert cancel(session, at=NINE - SECOND).status == Status.CANCELLED_LATE


def test_a_session_is_cancelled_once(coach, client_user):
    session = cancel(book_session(coach, client_user), at=WEEKS_AHEAD)

    with pytest.raises(actions.NotBooked):
        cancel(session, at=WEEKS_AHEAD)
    session.refresh_from_db()
    assert session.sequence == 1


def test_the_notice_is_elapsed_time_across_the_clock_change(coach, client_user):
    monday = datetime(2027, 11, 1, 9, tzinfo=UTC)  # 09:00 GMT, after the clocks went back
    saturday = datetime(2027, 10, 30, 9, tzinfo=UTC)  # 10:00 BST
    session = book_session(coach, client_user, starts_at=monday, at=monday - timedelta(days=60))

    assert session.free_cancellation_until == saturday
    assert not session.is_inside_notice(saturday)
    assert session.is_inside_notice(saturday + SECOND)


def test_the_coachs_own_cancellation_is_never_late(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    session = book_session(coach, client_user, programme=programme)

    session = cancel(session, by=coach.user, at=NINE - HOUR)

    assert session.status == Status.CANCELLED
    assert programme.sessions_left == 1


def test_a_consumer_may_withdraw_within_14_days_of_booking(coach, client_user):
    booked_at = NINE - timedelta(days=14)
    session = book_session(coach, client_user, at=booked_at)

    assert cancel(session, at=NINE - HOUR).status == Status.CANCELLED


def test_after_14_days_a_consumers_late_cancellation_is_charged(coach, client_user):
    booked_at = NINE - timedelta(days=15)
    session = book_session(coach, client_user, at=booked_at)

    assert cancel(session, at=NINE - HOUR).status == Status.CANCELLED_LATE


def test_an_organisation_has_no_14_days(coach, client_user):
    trust = Organisation.objects.create(name="Example Trust")
    session = book_session(coach, client_user, at=NINE - timedelta(days=3), organisation=trust)

    assert cancel(session, at=NINE - HOUR).status == Status.CANCELLED_LATE


def test_in_a_programme_the_14_days_run_from_its_agreement(coach, client_user):
    programme = agreed_programme(coach, client_user, at=WEEKS_AHEAD)
    session = book_session(coach, client_user, at=NINE - timedelta(days=3), programme=programme)

    assert cancel(session, at=NINE - HOUR).status == Status.CANCELLED_LATE


def test_a_cancellation_is_kept_in_the_history(coach, client_user):
    session = cancel(book_session(coach, client_user), at=WEEKS_AHEAD)

    assert [event.what for event in session.events.order_by("pk")] == ["BOOKED", "CANCELLED"]
    assert (session.cancelled_by, session.cancelled_at) == (client_user, WEEKS_AHEAD)
