"""A coach's limits of sessions and minutes a week, Monday to Sunday in her zone."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings import actions
from bookings.actions import NotOffered
from bookings.availability import slot_queries
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY


def starts(coach, *, since=NINE, until=NINE + WEEK, **whose):
    return slot_queries.open_slots(
        coach,
        minutes=60,
        since=since,
        until=until,
        at=WEEKS_AHEAD,
        requester=slot_queries.Requester(**whose),
    )


def fill(make_session, number, since=NINE):
    """So many sessions from Monday on, three a day at most."""
    return [
        make_session(since + place // 3 * DAY + place % 3 * 2 * HOUR) for place in range(number)
    ]


def test_ten_booked_from_monday_to_thursday_close_the_week_until_monday(coach, make_session):
    open_hours(coach, most_sessions_a_week=10)
    fill(make_session, 10)

    assert starts(coach, until=NINE + WEEK + DAY)[0] == NINE + WEEK


def test_nine_leave_room_for_one(coach, make_session):
    open_hours(coach, most_sessions_a_week=10)
    fill(make_session, 9)

    assert NINE + 4 * DAY in starts(coach)


def test_minutes_a_week_count_to_the_edge(coach, make_session):
    open_hours(coach, most_minutes_a_week=240)
    fill(make_session, 3)
    assert starts(coach)

    make_session(NINE + 3 * DAY)

    assert not starts(coach)


def test_what_is_asked_of_friday_counts_monday_too(coach, make_session):
    open_hours(coach, most_sessions_a_week=1)
    make_session(NINE)

    assert not starts(coach, since=NINE + 4 * DAY, until=NINE + 5 * DAY)
    assert not slot_queries.is_open(coach, starts_at=NINE + 4 * DAY, minutes=60, at=WEEKS_AHEAD)


def test_the_week_is_that_of_the_coach_s_zone(coach, make_session):
    """Sunday 23:30 in London is Monday in UTC + 2, and still the week before in hers."""
    open_hours(coach, most_sessions_a_week=1)
    make_session(datetime(2027, 6, 13, 22, 30, tzinfo=UTC))  # Sunday 23:30 in London

    assert not starts(coach)
    assert NINE + WEEK in starts(coach, since=NINE + WEEK, until=NINE + 2 * WEEK)


def test_booking_past_the_limit_is_refused(coach, client_user, make_session):
    open_hours(coach, most_sessions_a_week=1)
    make_session(NINE)

    with pytest.raises(NotOffered):
        book_session(coach, client_user, starts_at=NINE + 2 * DAY)


def test_a_session_moves_within_its_full_week(coach, client_user):
    open_hours(coach, most_sessions_a_week=1)
    session = book_session(coach, client_user)

    actions.move(session=session, starts_at=NINE + 2 * DAY, by=client_user, at=WEEKS_AHEAD)

    session.refresh_from_db()
    assert session.starts_at == NINE + 2 * DAY
