"""A change of hours lists the booked sessions that it leaves outside, and moves none."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.availability.outside_hours import sessions_outside_hours
from bookings.models import WeeklyHours
from coaching_portal.testing.factories.sessions import book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
OVERVIEW = "/calendar/hours/"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAID = "1 booked session is now outside your hours"


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def session(coach, client_user):
    """Monday 7 June 2027, 9am to 10am."""
    open_hours(coach, offers_practice=True)
    return book_session(coach, client_user, at=NOW)


def save_week(as_coach, **data):
    return as_coach.post(OVERVIEW + "weekly/", data, follow=True)


def untouched(session):
    before = session.starts_at, session.sequence
    session.refresh_from_db()
    return (session.starts_at, session.sequence) == before and session.is_booked


def test_hours_that_begin_later_list_the_session_with_a_link_to_move_it(as_coach, session):
    page = save_week(as_coach, day0_0_starts="09:30", day0_0_ends="17:00").text

    assert SAID in page
    assert f"/sessions/{session.uuid}/move/" in page
    assert untouched(session)


def test_hours_that_still_have_it_list_nothing(as_coach, session):
    page = save_week(as_coach, day0_0_starts="09:00", day0_0_ends="10:00").text

    assert "outside your hours" not in page
    assert "/move/" not in page


def test_hours_for_another_location_list_it(as_coach, session):
    week = {"day0_0_starts": "09:00", "day0_0_ends": "17:00", "day0_0_locations": ["PRACTICE"]}

    assert SAID in save_week(as_coach, **week).text


def test_a_closed_date_lists_it_and_clearing_it_does_not(as_coach, session):
    closed = {"date": "2027-06-07", "kind": "closed"}

    assert SAID in as_coach.post(OVERVIEW + "dates/new/", closed, follow=True).text

    page = as_coach.post(OVERVIEW + "dates/2027-06-07/clear/", follow=True).text
    assert "outside your hours" not in page
    assert untouched(session)


def test_time_off_lists_it(as_coach, session):
    off = {"starts_on": "2026-06-07", "ends_on": "2026-06-07", "recurrence": "YEARLY"}

    page = as_coach.post(OVERVIEW + "time-off/new/", off, follow=True).text

    assert "1 session is still booked in that time" in page
    assert f"/sessions/{session.uuid}/move/" in page
    assert untouched(session)


def test_a_bank_holiday_that_is_closed_again_lists_it(coach, client_user, as_coach):
    open_hours(coach)
    as_coach.post(OVERVIEW + "dates/2027-08-30/open/")
    book_session(
        coach, client_user, starts_at=datetime(2027, 8, 30, 8, tzinfo=UTC), at=NOW + 45 * DAY
    )

    page = as_coach.post(OVERVIEW + "dates/2027-08-30/clear/", follow=True).text

    assert SAID in page


def test_what_was_outside_before_is_listed_but_not_said_again(as_coach, coach, make_session):
    open_hours(coach)
    make_session(NINE + 10 * HOUR)

    page = save_week(as_coach, day0_0_starts="09:00", day0_0_ends="16:00").text

    assert "now outside your hours" not in page
    assert "Booked outside your hours" in page


def test_the_queries_do_not_grow_with_the_sessions(coach, make_session):
    open_hours(coach)

    def count():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            sessions_outside_hours(coach, NOW)
        return len(queries)

    make_session(NINE)
    few = count()
    for number in range(1, 30):
        make_session(NINE + number * DAY)

    assert count() == few


def test_past_sessions_are_not_listed(coach, make_session):
    make_session(NOW - DAY)

    assert not WeeklyHours.objects.exists()
    assert sessions_outside_hours(coach, NOW) == []
