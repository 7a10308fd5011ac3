"""Free times on the days on which clocks change: hours are wall time, the rest is instants."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from bookings.availability import Hours, Rules, open_slots
from bookings.tests.free_times import (
    AUTUMN,
    EARLIER,
    NINE_TO_FIVE,
    SPRING,
    local,
    offered,
    shift,
    weekly,
)


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


def test_the_coach_s_zone_decides_and_the_viewer_s_only_shows():
    new_york = ZoneInfo("America/New_York")

    shown = [
        local(day, "09:00").astimezone(new_york).strftime("%H:%M")
        for day in (date(2027, 3, 12), date(2027, 3, 15), date(2027, 3, 30))
    ]

    assert shown == ["04:00", "05:00", "04:00"]


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
