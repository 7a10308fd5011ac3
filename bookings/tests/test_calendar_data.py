"""What the coach's calendar reads by script, and what a dropped session does."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings import actions
from bookings.models import BusyTime, CoachingSession, TimeOff
from bookings.presenters.calendar_entries import CalendarEvents
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = {"from": "2027-06-07", "to": "2027-06-13"}
EVENTS = "/calendar/events.json"


@pytest.fixture(autouse=True)
def _weeks_ahead():
    with time_machine.travel(WEEKS_AHEAD, tick=False):
        yield


def events_of(browser, **period):
    return browser.get(EVENTS, period or WEEK).json()["events"]


def hours_and_entries(found):
    hours = [each for each in found if each.get("display") == "background"]
    return hours, [each for each in found if each not in hours]


def drop(browser, session, wall, **more):
    url = reverse("bookings:change_time", args=[session.uuid])
    return browser.post(url, {"starts_at": wall, **more})


def test_a_week_has_hours_sessions_time_off_and_busy_times(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    TimeOff.objects.create(coach=coach, starts_at=NINE + DAY, ends_at=NINE + DAY + HOUR)
    busy = NINE + 2 * DAY
    make_busy(coach, busy, busy + HOUR)

    hours, entries = hours_and_entries(events_of(as_coach))

    assert {"start": "2027-06-07T09:00:00", "end": "2027-06-07T17:00:00"}.items() <= hours[
        0
    ].items()
    assert [(each["title"], each["start"]) for each in entries] == [
        ("Cleo Client", "2027-06-07T09:00:00"),
        ("Time off", "2027-06-08T09:00:00"),
        ("Busy in another calendar", "2027-06-09T09:00:00"),
    ]
    assert entries[0]["extendedProps"]["page"] == f"/sessions/{session.uuid}/"
    assert [each["editable"] for each in entries] == [True, False, False]


def make_busy(coach, starts_at, ends_at):
    fields = {"starts_at": starts_at, "ends_at": ends_at}
    return BusyTime.objects.create(coach=coach, **fields)


def test_what_is_over_or_cancelled_is_not_dragged(coach, client_user):
    book_session(coach, client_user)
    gone = book_session(coach, client_user, starts_at=NINE + 2 * HOUR)
    actions.cancel(session=gone, by=client_user, at=WEEKS_AHEAD)

    found = CalendarEvents(coach, NINE.date(), NINE.date(), NINE + 2 * HOUR).as_json()

    _, (over,) = hours_and_entries(found)
    assert not over["editable"]
    assert over["extendedProps"]["state"] == "To confirm"


def test_a_hold_is_nobodys_business(as_coach, coach):
    open_hours(coach)
    CoachingSession.objects.create(
        coach=coach,
        status="HELD",
        starts_at=NINE,
        ends_at=NINE + HOUR,
        free_again_at=NINE + HOUR,
        held_until=NINE,
        rate=75,
        price=75,
    )

    assert hours_and_entries(events_of(as_coach))[1] == []


@pytest.mark.parametrize(
    ("starts_at", "minutes", "start", "end"),
    [
        # The clocks go forward at 1am on 28 March and back at 2am on 31 October.
        (
            datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
            60,
            "2027-03-28T00:30:00",
            "2027-03-28T02:30:00",
        ),
        (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), 60, "2027-03-28T02:00:00", "2027-03-28T03:00:00"),
        # At 1.30am for the first time; at its end the clock shows 1.30am again.
        (
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
            60,
            "2027-10-31T01:30:00",
            "2027-10-31T02:30:00",
        ),
        (
            datetime(2027, 10, 31, 1, 0, tzinfo=UTC),
            90,
            "2027-10-31T01:00:00",
            "2027-10-31T02:30:00",
        ),
    ],
)
def test_times_are_the_coachs_clock_on_the_days_it_changes(
    coach, make_session, starts_at, minutes, start, end
):
    make_session(starts_at, minutes=minutes)
    day = starts_at.date()

    _, (event,) = hours_and_entries(CalendarEvents(coach, day, day, WEEKS_AHEAD).as_json())

    assert (event["start"], event["end"]) == (start, end)


def test_a_shift_until_midnight_ends_with_its_day(coach):
    actions.set_date(coach=coach, date=date(2027, 6, 7), shifts=[(time(20), time(0))])
    day = date(2027, 6, 7)

    ((event,), _) = hours_and_entries(CalendarEvents(coach, day, day, WEEKS_AHEAD).as_json())

    assert (event["start"], event["end"]) == ("2027-06-07T20:00:00", "2027-06-08T00:00:00")


@pytest.mark.parametrize(
    "period",
    [
        {},
        {"from": "2027-06-07"},
        {"from": "yesterday", "to": "2027-06-13"},
        {"from": "2027-06-13", "to": "2027-06-12"},
        {"from": "2027-06-01", "to": "2027-08-02"},
        {"from": "9999-12-31", "to": "9999-12-31"},
    ],
)
def test_a_period_that_is_none_is_refused(as_coach, period):
    answer = as_coach.get(EVENTS, period)

    assert answer.status_code == 400
    assert "at most 62 days" in answer.json()["error"]


def test_as_many_days_as_a_question_may_ask(as_coach):
    assert as_coach.get(EVENTS, {"from": "2027-06-01", "to": "2027-08-01"}).status_code == 200


def test_what_was_dropped_is_moved_and_told(as_coach, coach, client_user):
    session = book_session(coach, client_user)

    answer = drop(as_coach, session, "2027-06-08T10:30:00")

    session.refresh_from_db()
    assert session.starts_at == NINE + DAY + timedelta(minutes=90)
    assert answer.json() == {
        "starts_at": "2027-06-08T10:30:00",
        "when": "Tuesday 8 June 2027, 10:30am to 11:30am",
    }
    assert OutgoingMessage.objects.filter(kind="session-moved", recipient=client_user).exists()


def test_what_was_dropped_twice_is_moved_once(as_coach, coach, client_user):
    session = book_session(coach, client_user)

    for _ in range(2):
        assert drop(as_coach, session, "2027-06-08T10:30:00").status_code == 200

    session.refresh_from_db()
    assert session.sequence == 1


def test_a_drop_outside_her_hours_is_asked_about(as_coach, coach, client_user):
    session = book_session(coach, client_user)

    answer = drop(as_coach, session, "2027-06-08T19:00:00")

    assert (answer.status_code, answer.json()["may_insist"]) == (409, True)
    session.refresh_from_db()
    assert session.starts_at == NINE

    assert drop(as_coach, session, "2027-06-08T19:00:00", outside_hours="yes").status_code == 200
    session.refresh_from_db()
    assert session.starts_at == NINE + DAY + 10 * HOUR


@pytest.mark.parametrize("insists", [{}, {"outside_hours": "yes"}])
def test_a_drop_on_another_session_is_refused(as_coach, coach, client_user, make_user, insists):
    session = book_session(coach, client_user)
    book_session(coach, make_user("ann@example.org"), starts_at=NINE + 3 * HOUR)

    answer = drop(as_coach, session, "2027-06-07T12:30:00", **insists)

    assert answer.status_code == 409
    assert answer.json() == {"problem": "That time has just been taken.", "may_insist": False}


@pytest.mark.parametrize(
    ("wall", "words"),
    [
        ("2027-03-28T01:30:00", "The clocks go forward then"),
        ("2026-01-05T09:00:00", "That time has passed."),
        ("noon", "no such time"),
        ("", "no such time"),
        ("0001-01-01T00:00:00", "no such time"),
    ],
)
def test_a_time_that_is_none_or_past_is_refused(as_coach, coach, client_user, wall, words):
    session = book_session(coach, client_user)

    answer = drop(as_coach, session, wall)

    assert answer.status_code == 409
    assert words in answer.json()["problem"]
    assert not answer.json()["may_insist"]


def test_a_session_that_was_cancelled_meanwhile_stays_so(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=WEEKS_AHEAD)

    answer = drop(as_coach, session, "2027-06-08T10:30:00")

    assert answer.json()["problem"] == "This session is no longer booked, so it cannot be moved."


def test_nobody_else_drags_it(as_coach, signed_in, make_user, coach, client_user):
    session = book_session(coach, client_user)

    assert drop(signed_in(client_user), session, "2027-06-08T10:30:00").status_code == 404
    assert drop(signed_in(make_user("x@example.org")), session, "").status_code == 404
    session.refresh_from_db()
    assert session.starts_at == NINE


def test_events_ask_as_many_queries_for_many_sessions(as_coach, coach, make_session):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert as_coach.get(EVENTS, WEEK).status_code == 200
        return len(queries)

    open_hours(coach)
    make_session(NINE)
    few = asked()
    for number in range(1, 7):
        make_session(NINE + number * HOUR)
        make_busy(coach, NINE + DAY + number * HOUR, NINE + DAY + (number + 1) * HOUR)

    assert asked() == few <= 10


def test_what_was_moved_is_undone_before_anybody_is_told(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    drop(as_coach, session, "2027-06-08T10:30:00")

    answer = drop(as_coach, session, "", undo="yes")

    assert answer.json()["starts_at"] == "2027-06-07T09:00:00"
    session.refresh_from_db()
    assert session.starts_at == NINE
    outbox.deliver_due(at=WEEKS_AHEAD + DAY)
    assert not OutgoingMessage.objects.filter(kind="session-moved", status="SENT").exists()


def test_undone_too_late_it_stays_moved(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    drop(as_coach, session, "2027-06-08T10:30:00")

    with time_machine.travel(WEEKS_AHEAD + timedelta(seconds=10), tick=False):
        answer = drop(as_coach, session, "", undo="yes")

    assert answer.status_code == 409
    assert "It is too late to undo this" in answer.json()["problem"]


def test_a_session_that_is_drawn_longer_lasts_longer_and_is_undone(as_coach, coach, client_user):
    session = book_session(coach, client_user)

    answer = drop(as_coach, session, "", minutes="90")

    assert answer.json()["when"] == "Monday 7 June 2027, 9am to 10:30am"
    session.refresh_from_db()
    assert (session.minutes, session.price) == (90, Decimal("112.50"))
    drop(as_coach, session, "", undo="yes")
    session.refresh_from_db()
    assert (session.minutes, session.price) == (60, Decimal("75.00"))


@pytest.mark.parametrize("minutes", ["61", "0", "-60", "a lot", "99999"])
def test_a_length_that_is_not_offered_is_refused(as_coach, coach, client_user, minutes):
    session = book_session(coach, client_user)

    assert drop(as_coach, session, "", minutes=minutes).status_code == 409
    session.refresh_from_db()
    assert session.minutes == 60
