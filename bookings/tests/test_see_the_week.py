"""/calendar/: the coach's week as a table and as a list, with today at its side."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.models import TimeOff
from bookings.presenters.week import CalendarWeek, code_of, monday_of
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
MONDAY = date(2027, 6, 7)
WEEK = "/calendar/?week=2027-W23"


@pytest.fixture(autouse=True)
def _on_that_monday_at_noon():
    with time_machine.travel(NINE + 3 * HOUR, tick=False):
        yield


def test_weeks_have_codes():
    assert code_of(date(2026, 11, 22)) == "2026-W47"
    assert monday_of("2026-W48") == date(2026, 11, 23)
    assert code_of(date(2027, 1, 1)) == "2026-W53"
    assert monday_of("2026-W53") == date(2026, 12, 28)


@pytest.mark.parametrize("code", ["2027-W53", "2027-W00", "9999-W52", "W48", "", "2026-W48x"])
def test_other_codes_name_no_week(code):
    assert monday_of(code) is None


@pytest.mark.parametrize(
    ("monday", "title"),
    [
        (date(2026, 11, 23), "23 to 29 November 2026"),
        (date(2026, 11, 30), "30 November to 6 December 2026"),
        (date(2026, 12, 28), "28 December 2026 to 3 January 2027"),
    ],
)
def test_a_week_is_named_by_its_dates(coach, monday, title):
    assert CalendarWeek(coach, monday, NINE).title == title


def test_a_session_shows_client_kind_place_time_and_state(as_coach, coach, client_user):
    session = book_session(coach, client_user, starts_at=NINE + 5 * HOUR)

    text = as_coach.get(WEEK).text

    for words in ("Cleo Client", "Individual coaching", "video call", "2pm to 3pm", "Booked"):
        assert words in text
    assert f'href="/sessions/{session.uuid}/"' in text


def test_without_a_week_it_is_this_one(as_coach, coach, client_user):
    book_session(coach, client_user)

    assert "Cleo Client" in as_coach.get("/calendar/").text
    assert "Cleo Client" in as_coach.get("/calendar/?week=").text


def test_earlier_and_later_weeks_are_linked(as_coach):
    text = as_coach.get("/calendar/?week=2026-W53").text

    assert "?week=2026-W52" in text
    assert "?week=2027-W01" in text


def test_a_week_that_is_none_is_not_found(as_coach):
    assert as_coach.get("/calendar/?week=2027-W99").status_code == 404


def test_today_lists_its_sessions_and_what_waits(as_coach, coach, client_user):
    book_session(coach, client_user)
    book_session(coach, client_user, starts_at=NINE - 72 * HOUR, at=WEEKS_AHEAD)
    book_session(coach, client_user, starts_at=NINE + 5 * HOUR)

    context = as_coach.get(WEEK).context

    assert [session.starts_at for session in context["sessions_today"]] == [NINE, NINE + 5 * HOUR]
    assert context["to_confirm"] == [(date(2027, 6, 4), 1), (MONDAY, 1)]


def test_an_empty_week_says_so(as_coach):
    assert "Nothing is booked in this week" in as_coach.get(WEEK).text


def test_cancelled_sessions_leave_the_week_and_late_ones_stay(as_coach, coach, client_user):
    early = book_session(coach, client_user, starts_at=NINE + 30 * HOUR)
    late = book_session(coach, client_user, starts_at=NINE + 31 * HOUR)
    actions.cancel(session=early, by=client_user, at=WEEKS_AHEAD)
    actions.cancel(session=late, by=client_user, at=NINE + 3 * HOUR)

    text = as_coach.get(WEEK).text

    assert str(early.uuid) not in text
    assert str(late.uuid) in text
    assert "Cancelled late" in text


def test_time_off_is_in_every_day_it_touches(coach):
    TimeOff.objects.create(
        coach=coach, starts_at=NINE - 100 * HOUR, ends_at=NINE + 26 * HOUR, reason="Leave"
    )

    days = CalendarWeek(coach, MONDAY, NINE).days

    assert [len(day.entries) for day in days] == [1, 1, 0, 0, 0, 0, 0]


def test_the_weekend_is_shown_only_where_it_has_something(coach):
    open_hours(coach)
    assert len(CalendarWeek(coach, MONDAY, NINE).shown_days) == 5

    actions.set_date(coach=coach, date=date(2027, 6, 12), shifts=[(time(9), time(12))])

    assert len(CalendarWeek(coach, MONDAY, NINE).shown_days) == 6


def drawn(week, day=0):
    """(from, to, lane, lanes) of what is in a day, as wall times."""
    _, _, blocks = week.columns[day]
    return [(wall(each.first), wall(each.last), each.lane, each.lanes) for each in blocks]


def wall(minutes):
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def at_minutes(minutes):
    return NINE + timedelta(minutes=minutes)


def test_hours_early_and_late_stretch_the_week(coach):
    actions.set_weekly_hours(coach=coach, shifts={0: [(time(6, 30), time(0))]})

    week = CalendarWeek(coach, MONDAY, NINE)

    assert (week.hour_labels[0], week.hour_labels[-1]) == (time(6), time(23))
    assert week.css_classes == "shows-from-6 shows-to-24"
    [open_block] = week.columns[0][1]
    assert open_block.css_classes == "from-h6 from-m30 to-h24 to-m0"


def test_what_is_in_a_day_is_drawn_to_the_minute(coach, client_user):
    open_hours(coach, grid_minutes=15)
    book_session(coach, client_user, starts_at=at_minutes(15), minutes=90)
    TimeOff.objects.create(coach=coach, starts_at=at_minutes(375), ends_at=at_minutes(472))

    week = CalendarWeek(coach, MONDAY, NINE)

    assert drawn(week) == [("09:15", "10:45", 0, 1), ("15:15", "16:52", 0, 1)]
    _, _, [session, _] = week.columns[0]
    assert session.css_classes == "from-h9 from-m15 to-h10 to-m45"


def test_what_touches_stands_below_and_what_overlaps_beside(coach, client_user, make_user):
    open_hours(coach, grid_minutes=15)
    book_session(coach, client_user)
    book_session(coach, make_user("ann@example.org"), starts_at=at_minutes(60))
    TimeOff.objects.create(coach=coach, starts_at=at_minutes(90), ends_at=at_minutes(180))

    assert drawn(CalendarWeek(coach, MONDAY, NINE)) == [
        ("09:00", "10:00", 0, 1),
        ("10:00", "11:00", 0, 2),
        ("10:30", "12:00", 1, 2),
    ]


def test_time_off_of_days_is_cut_to_the_hours_that_are_shown(coach):
    TimeOff.objects.create(coach=coach, starts_at=at_minutes(435), ends_at=at_minutes(48 * 60 + 5))

    week = CalendarWeek(coach, MONDAY, NINE)

    assert [drawn(week, day) for day in range(4)] == [
        [("16:15", "18:00", 0, 1)],
        [("08:00", "18:00", 0, 1)],
        [("08:00", "09:05", 0, 1)],
        [],
    ]


@pytest.mark.parametrize(
    ("starts", "minutes", "words"),
    [
        (375, 60, "3:15pm to 4:15pm"),
        (-9 * 60, 24 * 60, "All day"),
        (-9 * 60, 48 * 60, ""),
        (14 * 60, 60, "11pm to 12am"),
    ],
)
def test_time_off_says_when_it_is(coach, starts, minutes, words):
    TimeOff.objects.create(
        coach=coach, starts_at=at_minutes(starts), ends_at=at_minutes(starts + minutes)
    )

    assert CalendarWeek(coach, MONDAY, NINE).days[0].entries[0].words == words


def test_more_than_four_at_once_share_the_last_lane(coach):
    for number in range(6):
        TimeOff.objects.create(coach=coach, starts_at=NINE, ends_at=at_minutes(60 + number))

    lanes = {(lane, lanes) for _, _, lane, lanes in drawn(CalendarWeek(coach, MONDAY, NINE))}

    assert lanes == {(0, 4), (1, 4), (2, 4), (3, 4)}


@pytest.mark.parametrize(
    ("monday", "ends"), [(date(2027, 3, 22), "04:30"), (date(2027, 10, 25), "02:30")]
)
def test_weeks_in_which_the_clocks_change_are_whole(coach, monday, ends):
    actions.set_weekly_hours(coach=coach, shifts={6: [(time(0), time(2))]})
    sunday = monday + timedelta(days=6)
    zone = ZoneInfo("Europe/London")
    starts_at = datetime.combine(sunday, time(0, 30), zone)
    TimeOff.objects.create(
        coach=coach, starts_at=starts_at, ends_at=starts_at.astimezone(UTC) + 3 * HOUR
    )

    week = CalendarWeek(coach, monday, NINE)

    assert len(week.days[6].entries) == 1
    assert len(week.hour_labels) == 18
    first, last, *_ = drawn(week, 5)[0]
    assert (first, last) == ("00:30", ends)


def test_the_week_can_be_read_as_a_list(as_coach, coach, client_user):
    book_session(coach, client_user)

    text = as_coach.get(WEEK + "&view=list").text

    assert "week-grid" not in text
    assert "Cleo Client" in text
    assert "As a week" in text


def test_the_week_is_the_coach_s_own(client, signed_in, coach, client_user, make_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    book_session(coach, client_user)

    assert client.get(WEEK).status_code == 302
    assert signed_in(client_user).get(WEEK).status_code == 404
    assert "Cleo Client" not in signed_in(other.user).get(WEEK).text


def test_a_name_is_text_and_never_markup(as_coach, coach, make_user):
    book_session(coach, make_user("x@example.org", name="<script>alert(1)</script>"))

    assert "<script>alert" not in as_coach.get(WEEK).text


def test_reading_only(as_coach):
    assert as_coach.post("/calendar/").status_code == 405


def test_a_full_week_takes_as_many_queries_as_an_empty_one(
    as_coach, coach, make_user, django_assert_num_queries
):
    book_session(coach, make_user("first@example.org"))
    as_coach.get(WEEK)  # what every page asks once is then in the cache
    with CaptureQueriesContext(connection) as few:
        as_coach.get(WEEK)
    for number in range(1, 8):
        person = make_user(f"client{number}@example.org")
        book_session(coach, person, starts_at=NINE + number * HOUR)
        book_session(coach, person, starts_at=NINE + (24 + number) * HOUR)

    with django_assert_num_queries(len(few)):
        as_coach.get(WEEK)
