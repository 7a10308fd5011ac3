"""The rules and cases of free times, on the pure function; both sides of each edge."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.availability import Hours, Occupied, Period, Rules, Shift, open_slots

LONDON = ZoneInfo("Europe/London")
WEEKDAYS = range(5)
EARLIER = datetime(2027, 1, 4, tzinfo=UTC)


def shift(starts, ends):
    return Shift(time.fromisoformat(starts), time.fromisoformat(ends))


NINE_TO_FIVE = Hours(weekly={day: [shift("09:00", "17:00")] for day in WEEKDAYS})


def weekly(weekday, *shifts):
    return Hours(weekly={weekday: [shift(*each) for each in shifts]})


def local(day, clock, zone=LONDON, fold=0):
    wall = datetime.combine(
        day,
        time.fromisoformat(
            clock,
        ),
        zone,
    )
    return wall.replace(fold=fold).astimezone(UTC)


def booked(day, starts, ends, buffer=0):
    start, end = local(day, starts), local(day, ends)
    return Occupied(start, end, end + timedelta(minutes=buffer))


def offered(day, minutes=60, *, hours=NINE_TO_FIVE, at=EARLIER, sessions=(), closed=(), **rules):
    """The starts on a date as UTC clock times."""
    rules = Rules(**{"zone": LONDON, "grid_minutes": 60, "horizon_days": 400} | rules)
    since = local(day, "00:00", rules.zone)
    until = local(day + timedelta(days=1), "00:00", rules.zone)
    starts = open_slots(
        minutes=minutes,
        since=since,
        until=until,
        at=at,
        rules=rules,
        hours=hours,
        sessions=sessions,
        closed=closed,
    )
    assert all(start.tzinfo is UTC for start in starts)
    return [f"{start:%H:%M}" for start in starts]


MONDAY = date(2027, 2, 1)
SPRING = date(2027, 3, 28)
AUTUMN = date(2027, 10, 31)
HOURLY = ["09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "15:00", "16:00"]


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


def test_an_hour_that_spring_skips_is_not_offered():
    hours = weekly(6, ("00:00", "06:00"))

    free = offered(SPRING, hours=hours)

    assert free == ["00:00", "01:00", "02:00", "03:00", "04:00"]


def test_an_afternoon_on_the_day_the_clocks_go_forward():
    assert offered(SPRING, hours=weekly(6, ("13:00", "18:00")))[0] == "12:00"


def test_nine_in_london_around_easter():
    hours = Hours(weekly=NINE_TO_FIVE.weekly, bank_holidays={date(2027, 3, 26), date(2027, 3, 29)})

    assert offered(date(2027, 3, 25), hours=hours)[0] == "09:00"
    assert offered(date(2027, 3, 26), hours=hours) == []
    assert offered(date(2027, 3, 29), hours=hours) == []
    assert offered(date(2027, 3, 30), hours=hours)[0] == "08:00"


def test_a_bank_holiday_opens_with_an_override():
    day = date(2027, 3, 29)
    hours = Hours(
        weekly=NINE_TO_FIVE.weekly,
        overrides={day: [shift("10:00", "12:00")]},
        bank_holidays={day},
    )

    assert offered(day, hours=hours) == ["09:00", "10:00"]


def test_notice_is_elapsed_time_across_the_change():
    at = datetime(2027, 3, 27, 23, 30, tzinfo=UTC)

    free = offered(SPRING, hours=weekly(6, ("00:00", "06:00")), at=at, minimum_notice_minutes=120)

    assert free[0] == "02:00"


def test_both_one_o_clocks_of_autumn_are_offered():
    free = offered(AUTUMN, hours=weekly(6, ("00:00", "04:00")))

    # 00:00 BST, 01:00 BST, 01:00 GMT, 02:00 GMT, 03:00 GMT
    assert free == ["23:00", "00:00", "01:00", "02:00", "03:00"]


def test_a_session_may_run_through_both_one_o_clocks():
    free = offered(AUTUMN, 120, hours=weekly(6, ("01:00", "03:00")), grid_minutes=30)

    assert free == ["00:00", "00:30", "01:00"]


def test_a_shift_that_starts_inside_the_skipped_hour_starts_at_its_end():
    free = offered(SPRING, hours=weekly(6, ("01:30", "04:00")), grid_minutes=60)

    assert free == ["01:00", "02:00"]


def test_a_shift_inside_the_skipped_hour_is_no_shift():
    assert offered(SPRING, 30, hours=weekly(6, ("01:00", "02:00")), grid_minutes=30) == []


def test_a_shift_that_ends_inside_the_repeated_hour_is_open_whenever_the_clock_says_so():
    free = offered(AUTUMN, 30, hours=weekly(6, ("00:30", "01:30")), grid_minutes=30)

    assert free == ["23:30", "00:00", "01:00"]


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


def test_the_coach_s_zone_decides_and_the_viewer_s_only_shows():
    new_york = ZoneInfo("America/New_York")

    shown = [
        local(day, "09:00").astimezone(new_york).strftime("%H:%M")
        for day in (date(2027, 3, 12), date(2027, 3, 15), date(2027, 3, 30))
    ]

    assert shown == ["04:00", "05:00", "04:00"]


def test_the_range_includes_its_start_and_not_its_end():
    starts = open_slots(
        minutes=60,
        since=local(MONDAY, "10:00"),
        until=local(MONDAY, "12:00"),
        at=EARLIER,
        rules=Rules(LONDON, grid_minutes=60),
        hours=NINE_TO_FIVE,
    )

    assert starts == [local(MONDAY, "10:00"), local(MONDAY, "11:00")]


def test_days_that_begin_at_one_are_days_too():
    cairo = ZoneInfo("Africa/Cairo")  # clocks go from 00:00 to 01:00 on Friday 30 April 2027
    friday = date(2027, 4, 30)

    free = open_slots(
        minutes=60,
        since=datetime(2027, 4, 29, 20, tzinfo=UTC),
        until=datetime(2027, 4, 30, 0, tzinfo=UTC),
        at=EARLIER,
        rules=Rules(cairo, grid_minutes=60, horizon_days=400),
        hours=Hours({friday.weekday(): [shift("00:00", "03:00")]}),
    )

    assert [start.astimezone(cairo).hour for start in free] == [1, 2]
