from datetime import timedelta

import pytest

from bookings import actions
from bookings.availability import slot_queries
from bookings.models import BookingRules
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE

HOUR = timedelta(hours=1)
THREE = NINE + 6 * HOUR


def move(session, starts_at, *, at=WEEKS_AHEAD, by=None, **booking_request):
    return actions.move(
        session=session, starts_at=starts_at, by=by or session.client, at=at, **booking_request
    )


def test_a_session_may_move_into_its_own_time(coach, client_user):
    session = book_session(coach, client_user, starts_at=THREE)

    moved = move(session, THREE + timedelta(minutes=30))

    assert (moved.starts_at, moved.minutes) == (THREE + timedelta(minutes=30), 60)
    assert (moved.uuid, moved.price) == (session.uuid, session.price)


def test_book_move_and_cancel_count_the_sequence(coach, client_user):
    session = book_session(coach, client_user)
    assert session.sequence == 0

    moved = move(session, NINE + HOUR)
    assert moved.sequence == 1

    cancelled = actions.cancel(session=moved, by=client_user, at=WEEKS_AHEAD)
    assert (cancelled.sequence, cancelled.uuid) == (2, session.uuid)


def test_a_session_cannot_move_onto_another_or_outside_hours(coach, client_user, stranger):
    session = book_session(coach, client_user)
    book_session(coach, stranger, starts_at=NINE + 2 * HOUR)

    with pytest.raises(actions.TimeTaken):
        move(session, NINE + 2 * HOUR)
    with pytest.raises(actions.NotOffered):
        move(session, NINE + 8 * HOUR)
    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (NINE, 0)


def test_a_client_may_move_until_exactly_48_hours_before(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.InsideNotice):
        move(session, THREE, at=NINE - 48 * HOUR + timedelta(seconds=1))
    assert move(session, THREE, at=NINE - 48 * HOUR).starts_at == THREE


def test_the_coach_may_move_inside_the_notice_and_outside_her_hours(coach, client_user):
    session = book_session(coach, client_user)

    moved = move(session, NINE + 10 * HOUR, at=NINE - HOUR, by=coach.user, outside_hours=True)

    assert moved.starts_at == NINE + 10 * HOUR


def test_a_client_cannot_claim_to_be_outside_hours(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.NotOffered):
        move(session, NINE + 10 * HOUR, outside_hours=True)


def test_what_has_started_or_is_cancelled_does_not_move(coach, client_user):
    session = book_session(coach, client_user)

    with pytest.raises(actions.AlreadyStarted):
        move(session, THREE, at=NINE, by=coach.user)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)
    with pytest.raises(actions.NotBooked):
        move(session, THREE)


def test_the_agenda_can_change_until_the_start(coach, client_user):
    session = book_session(coach, client_user)
    before = NINE - timedelta(seconds=1)

    item = actions.add_to_agenda(session=session, text="The rota", by=client_user, at=before)
    with pytest.raises(actions.AlreadyStarted):
        actions.add_to_agenda(session=session, text="Too late", by=client_user, at=NINE)
    actions.remove_from_agenda(item=item, at=before)

    assert not session.agenda.exists()


def test_a_moved_session_takes_todays_buffer(coach, client_user, stranger):
    open_hours(coach, buffer_minutes=15)
    session = book_session(coach, client_user)
    BookingRules.objects.update(buffer_minutes=0)
    coach.refresh_from_db()
    book_session(coach, stranger, starts_at=THREE)
    just_before = THREE - HOUR
    requester = slot_queries.Requester(client=client_user, moving=session)
    assert slot_queries.is_open(
        coach, starts_at=just_before, minutes=60, at=WEEKS_AHEAD, requester=requester
    )

    moved = move(session, just_before)

    assert (moved.starts_at, moved.free_again_at) == (just_before, THREE)


def test_a_session_is_not_moved_to_where_it_is(coach, client_user):
    session = book_session(coach, client_user)
    messages = OutgoingMessage.objects.count()

    with pytest.raises(actions.SameTime, match="already at that time"):
        move(session, NINE)

    session.refresh_from_db()
    assert session.sequence == 0
    assert OutgoingMessage.objects.count() == messages
