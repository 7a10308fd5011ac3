"""The rules and cases of free times, on the pure function; both sides of each edge."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.availability.free_times import Hours, Occupied, Period, SlotRules, open_slots
from bookings.tests.free_times import (
    EARLIER,
    HOURLY,
    LONDON,
    MONDAY,
    NINE_TO_FIVE,
    booked,
    local,
    offered,
    shift,
    weekly,
)


def test_an_empty_day_is_offered_to_its_last_hour():
    assert offered(MONDAY) == HOURLY


def test_two_hours_start_at_three_at_the_latest():
    assert offered(MONDAY, 120)[-1] == "15:00"


def test_two_shifts_leave_the_middle_of_the_day_out():
    hours = weekly(0, ("09:00", "12:00"), ("14:00", "17:00"))

    assert offered(MONDAY, hours=hours) == ["09:00", "10:00", "11:00", "14:00", "15:00", "16:00"]


def test_each_shift_has_its_own_grid():
    hours = weekly(0, ("09:10", "11:30"), ("14:00", "16:00"))

    assert offered(MONDAY, hours=hours) == ["09:10", "10:10", "14:00", "15:00"]


def test_shifts_that_touch_are_hours_without_a_gap():
    hours = weekly(0, ("09:00", "12:00"), ("12:00", "13:30"))

    assert offered(MONDAY, 90, hours=hours) == ["09:00", "10:00", "11:00", "12:00"]


def test_touching_ends_are_free():
    free = offered(MONDAY, sessions=[booked(MONDAY, "10:00", "11:00")])

    assert "09:00" in free
    assert "10:00" not in free
    assert "11:00" in free


def test_a_buffer_follows_its_session_and_precedes_the_next():
    hours = weekly(0, ("08:00", "17:00"))
    taken = [booked(MONDAY, "10:00", "11:00", buffer=15)]

    free = offered(MONDAY, hours=hours, sessions=taken, grid_minutes=15, buffer_minutes=15)

    assert "08:45" in free
    assert "09:00" not in free
    assert "11:00" not in free
    assert "11:15" in free
    assert free[-1] == "16:00"


def test_a_buffer_needs_no_second_buffer_after_it():
    taken = [booked(MONDAY, "10:15", "11:15", 15), booked(MONDAY, "12:30", "13:30", 15)]
    hours = weekly(0, ("11:30", "12:30"))

    assert offered(MONDAY, 45, hours=hours, sessions=taken, buffer_minutes=15) == ["11:30"]
    assert offered(MONDAY, 46, hours=hours, sessions=taken, buffer_minutes=15) == []


def test_a_buffer_may_run_past_the_hours_and_into_time_off():
    evening = [Period(local(MONDAY, "17:00"), local(MONDAY, "20:00"))]

    assert offered(MONDAY, closed=evening, buffer_minutes=15)[-1] == "16:00"


def test_exactly_the_notice_is_allowed():
    at = local(date(2027, 2, 1), "10:00")

    free = offered(date(2027, 2, 2), at=at, minimum_notice_minutes=1440, grid_minutes=30)

    assert free[0] == "10:00"


def test_a_minute_less_than_the_notice_is_not():
    at = local(date(2027, 2, 1), "10:01")

    free = offered(date(2027, 2, 2), at=at, minimum_notice_minutes=1440, grid_minutes=30)

    assert free[0] == "10:30"


def test_the_past_is_never_offered():
    assert offered(MONDAY, at=local(MONDAY, "12:30")) == ["13:00", "14:00", "15:00", "16:00"]
    assert offered(MONDAY, at=local(date(2027, 2, 2), "09:00")) == []


def test_a_bank_holiday_opens_with_an_override():
    day = date(2027, 3, 29)
    hours = Hours(
        weekly=NINE_TO_FIVE.weekly,
        overrides={day: [shift("10:00", "12:00")]},
        bank_holidays={day},
    )

    assert offered(day, hours=hours) == ["09:00", "10:00"]


def test_a_shift_may_end_at_midnight():
    free = offered(MONDAY, hours=weekly(0, ("22:00", "00:00")))

    assert free == ["22:00", "23:00"]


def test_a_session_does_not_run_from_one_date_s_hours_into_the_next_s():
    hours = Hours(weekly={0: [shift("22:00", "00:00")], 1: [shift("00:00", "02:00")]})

    assert offered(MONDAY, 90, hours=hours, grid_minutes=30) == ["22:00", "22:30"]


def test_an_override_replaces_the_weekly_hours():
    tuesday = date(2027, 2, 2)
    hours = Hours(NINE_TO_FIVE.weekly, overrides={tuesday: [shift("14:00", "18:00")]})

    assert offered(tuesday, hours=hours) == ["14:00", "15:00", "16:00", "17:00"]


def test_an_override_without_hours_closes_its_date():
    hours = Hours(NINE_TO_FIVE.weekly, overrides={MONDAY: []})

    assert offered(MONDAY, hours=hours) == []
    assert offered(date(2027, 2, 2), hours=hours) == HOURLY


def test_time_off_beats_an_override():
    hours = Hours(NINE_TO_FIVE.weekly, overrides={MONDAY: [shift("14:00", "18:00")]})
    away = [Period(local(MONDAY, "00:00"), local(date(2027, 2, 2), "00:00"))]

    assert offered(MONDAY, hours=hours, closed=away) == []


def test_time_off_for_part_of_a_day_leaves_what_it_touches():
    away = [Period(local(MONDAY, "11:00"), local(MONDAY, "14:00"))]

    assert offered(MONDAY, closed=away) == ["09:00", "10:00", "14:00", "15:00", "16:00"]


@pytest.mark.parametrize(("limit", "is_open"), [(0, False), (2, False), (3, True), (None, True)])
def test_a_day_takes_only_so_many_sessions(limit, is_open):
    taken = [booked(MONDAY, "09:00", "10:00"), booked(MONDAY, "11:00", "12:00")]

    assert bool(offered(MONDAY, sessions=taken, most_sessions_a_day=limit)) is is_open


@pytest.mark.parametrize(("minutes", "is_open"), [(75, False), (60, True)])
def test_a_day_takes_only_so_many_minutes(minutes, is_open):
    taken = [booked(MONDAY, "09:00", "11:00", buffer=30)]

    assert bool(offered(MONDAY, minutes, sessions=taken, most_minutes_a_day=180)) is is_open


def test_daily_limits_count_the_coach_s_dates():
    auckland = ZoneInfo("Pacific/Auckland")
    hours = Hours({day: [shift("09:00", "17:00")] for day in range(7)})
    start = local(MONDAY, "09:00", auckland)  # still Sunday in London
    taken = [Occupied(start, start + timedelta(hours=1), start + timedelta(hours=1))]

    limits = {"zone": auckland, "most_sessions_a_day": 1}

    assert offered(MONDAY, hours=hours, sessions=taken, **limits) == []
    assert offered(date(2027, 1, 31), hours=hours, sessions=taken, **limits) != []


def test_the_horizon_counts_the_coach_s_dates():
    at = local(MONDAY, "23:30")

    assert offered(date(2027, 2, 8), at=at, horizon_days=7) == HOURLY
    assert offered(date(2027, 2, 9), at=at, horizon_days=7) == []


def test_the_range_includes_its_start_and_not_its_end():
    starts = open_slots(
        minutes=60,
        since=local(MONDAY, "10:00"),
        until=local(MONDAY, "12:00"),
        at=EARLIER,
        rules=SlotRules(LONDON, grid_minutes=60),
        hours=NINE_TO_FIVE,
    )

    assert starts == [local(MONDAY, "10:00"), local(MONDAY, "11:00")]
