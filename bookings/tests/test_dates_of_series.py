"""The dates of a series, on both sides of clock changes, and like a slow reading of the rule."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.availability.series_dates import INTERVALS, Date, dates_of

LONDON = ZoneInfo("Europe/London")
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
ZONES = ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata"]


def starts(first, every, number):
    return [each.starts_at for each in dates_of(first, every=every, number=number, zone=LONDON)]


@pytest.mark.parametrize(("every", "days"), [("1", 7), ("2", 14), ("3", 21), ("4", 28)])
def test_so_many_weeks_apart(every, days):
    first = datetime(2027, 6, 7, 8, tzinfo=UTC)

    assert starts(first, every, 3) == [first + n * days * DAY for n in range(3)]


def test_the_clock_shows_the_same_time_when_summer_begins():
    first = datetime(2027, 3, 25, 9, tzinfo=UTC)

    assert starts(first, "1", 2) == [first, datetime(2027, 4, 1, 8, tzinfo=UTC)]


def test_the_clock_shows_the_same_time_when_summer_ends():
    first = datetime(2027, 10, 28, 8, tzinfo=UTC)

    assert starts(first, "1", 2) == [first, datetime(2027, 11, 4, 9, tzinfo=UTC)]


def test_a_time_that_the_clocks_leave_out_has_no_start():
    first = datetime(2027, 3, 21, 1, 30, tzinfo=UTC)

    found = dates_of(first, every="1", number=3, zone=LONDON)

    assert found[1] == Date(date(2027, 3, 28), None)
    assert found[2].starts_at == datetime(2027, 4, 4, 0, 30, tzinfo=UTC)


def test_of_a_repeated_time_it_is_the_first_and_the_chosen_one_stays():
    later_one = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)

    assert starts(later_one, "1", 1) == [later_one]
    assert starts(later_one - 7 * DAY - timedelta(hours=1), "1", 2)[1] == later_one - 60 * MINUTE


def test_monthly_is_the_same_weekday_of_the_month():
    second_tuesday = datetime(2027, 6, 8, 8, tzinfo=UTC)

    days = [each.day for each in dates_of(second_tuesday, every="month", number=4, zone=LONDON)]

    assert days == [date(2027, 6, 8), date(2027, 7, 13), date(2027, 8, 10), date(2027, 9, 14)]


def test_a_fifth_weekday_is_the_last_where_there_is_none():
    fifth_thursday = datetime(2027, 12, 30, 9, tzinfo=UTC)

    days = [each.day for each in dates_of(fifth_thursday, every="month", number=3, zone=LONDON)]

    assert days == [date(2027, 12, 30), date(2028, 1, 27), date(2028, 2, 24)]


# --- The slow reading: walk through every day and every minute of it ----------------------


def reference(first, every, number, zone):
    wanted, days = first.astimezone(zone), []
    day = wanted.date()
    while len(days) < number:
        if _belongs(day, wanted.date(), every):
            days.append(day)
        day += DAY
    return [
        Date(days[0], first),
        *(Date(day, _first_instant(day, wanted, zone)) for day in days[1:]),
    ]


def _belongs(day, first, every):
    if day.weekday() != first.weekday():
        return False
    if every != "month":
        return (day - first).days % (7 * int(every)) == 0
    here, there = _like(day), _like(first).index(first)
    return day == here[min(there, len(here) - 1)]


def _like(day):
    """The days of the month with the same weekday."""
    days = [day.replace(day=1) + n * DAY for n in range(31)]
    return [each for each in days if (each.month, each.weekday()) == (day.month, day.weekday())]


def _first_instant(day, wanted, zone):
    around = datetime(day.year, day.month, day.day, wanted.hour, wanted.minute, tzinfo=UTC)
    for minutes in range(-15 * 60, 15 * 60, 15):
        local = (around + minutes * MINUTE).astimezone(zone)
        if (local.date(), local.time()) == (day, wanted.time()):
            return around + minutes * MINUTE
    return None


@settings(max_examples=150, deadline=None)
@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    quarters=st.integers(0, 4 * 24 * 900),
    every=st.sampled_from([code for code, _ in INTERVALS]),
    number=st.integers(1, 8),
)
def test_they_are_like_the_slow_reading(zone, quarters, every, number):
    first = datetime(2027, 1, 1, tzinfo=UTC) + quarters * 15 * MINUTE

    assert dates_of(first, every=every, number=number, zone=zone) == reference(
        first, every, number, zone
    )
