"""Time off that comes every year, on the same local dates."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings import actions
from bookings.availability import recurring_time_off, slot_queries
from bookings.models import TimeOff
from coaching_portal.testing.factories.sessions import open_hours

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


def local(day, wall=time()):
    return datetime.combine(day, wall, LONDON).astimezone(UTC)


def whole_days(first, last):
    return local(first), local(last + DAY)


def in_year(first, last, year):
    """The periods that overlap that year, as their first and last local dates."""
    found = recurring_time_off.periods(
        *whole_days(first, last),
        "YEARLY",
        zone=LONDON,
        window=(local(date(year, 1, 2)), local(date(year + 1, 1, 1))),
    )
    return [
        (start.astimezone(LONDON).date(), (end - timedelta.resolution).astimezone(LONDON).date())
        for start, end in found
    ]


def test_christmas_to_new_year_comes_each_year():
    for year in (2026, 2027, 2031):
        assert in_year(date(2026, 12, 24), date(2027, 1, 1), year) == [
            (date(year, 12, 24), date(year + 1, 1, 1))
        ]


def test_nothing_comes_before_the_first():
    assert in_year(date(2026, 12, 24), date(2027, 1, 1), 2025) == []


def test_new_year_s_day_is_that_of_the_year_before():
    found = recurring_time_off.periods(
        *whole_days(date(2026, 12, 24), date(2027, 1, 1)),
        "YEARLY",
        zone=LONDON,
        window=(local(date(2030, 1, 1)), local(date(2030, 1, 2))),
    )

    assert [start.year for start, _ in found] == [2029]


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        (2028, date(2028, 2, 29), date(2028, 2, 29)),
        (2029, date(2029, 2, 28), date(2029, 2, 28)),
        (2032, date(2032, 2, 29), date(2032, 2, 29)),
    ],
)
def test_29_february_is_the_28th_where_there_is_none(year, first, last):
    assert in_year(date(2028, 2, 29), date(2028, 2, 29), year) == [(first, last)]


def test_it_keeps_wall_time_when_the_clocks_have_changed():
    """29 March is summer time in 2027, and winter time in 2028 until 26 March has passed."""
    starts_at, ends_at = local(date(2027, 3, 27), time(9)), local(date(2027, 3, 27), time(17))

    found = list(
        recurring_time_off.periods(
            starts_at, ends_at, "YEARLY", zone=LONDON, window=(starts_at, ends_at + 800 * DAY)
        )
    )

    assert [start.astimezone(LONDON).time() for start, _ in found] == [time(9)] * 3
    assert [start.hour for start, _ in found] == [9, 8, 8]


def test_what_happens_once_is_itself():
    period = whole_days(date(2027, 6, 7), date(2027, 6, 8))
    later = local(date(2028, 6, 7)), local(date(2028, 6, 9))

    once = {"recurrence": "", "zone": LONDON}

    assert list(recurring_time_off.periods(*period, window=period, **once)) == [period]
    assert list(recurring_time_off.periods(*period, window=later, **once)) == []


@pytest.mark.django_db
def test_no_times_are_offered_in_the_years_after(coach):
    open_hours(coach, horizon_days=730)
    starts_at, ends_at = whole_days(date(2027, 6, 7), date(2027, 6, 11))
    at = local(date(2027, 6, 1))
    ask = {"minutes": 60, "since": at + 365 * DAY, "until": at + 380 * DAY, "at": at}
    before = slot_queries.open_slots(coach, **ask)

    actions.take_time_off(coach=coach, starts_at=starts_at, ends_at=ends_at, recurrence="YEARLY")

    after = slot_queries.open_slots(coach, **ask)
    gone = {start.date() for start in set(before) - set(after)}
    assert gone == {date(2028, 6, day) for day in (7, 8, 9)}  # 10 and 11 June are a weekend


@pytest.mark.django_db
def test_the_week_shows_it(as_coach, coach):
    starts_at, ends_at = whole_days(date(2027, 6, 7), date(2027, 6, 7))
    actions.take_time_off(
        coach=coach, starts_at=starts_at, ends_at=ends_at, recurrence="YEARLY", reason="Birthday"
    )

    assert "Birthday" in as_coach.get("/calendar/?week=2029-W23").text
    assert "Birthday" not in as_coach.get("/calendar/?week=2029-W24").text


@pytest.mark.django_db
def test_the_form_takes_it_and_the_list_says_it(as_coach, coach):
    given = {"starts_on": "2020-12-24", "ends_on": "2021-01-01", "recurrence": "YEARLY"}

    as_coach.post("/calendar/hours/time-off/new/", given)

    assert TimeOff.objects.get().is_yearly
    assert "every year from then" in as_coach.get("/calendar/hours/").text


@pytest.mark.django_db
@pytest.mark.parametrize(("ends_on", "kept"), [("2027-12-30", 1), ("2027-12-31", 0)])
def test_a_year_long_one_every_year_is_refused(as_coach, coach, ends_on, kept):
    given = {"starts_on": "2027-01-01", "ends_on": ends_on, "recurrence": "YEARLY"}

    answer = as_coach.post("/calendar/hours/time-off/new/", given)

    assert TimeOff.objects.count() == kept
    assert ("must be shorter than a year" in answer.text) == (kept == 0)
