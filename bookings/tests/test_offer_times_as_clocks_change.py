"""Free times on the days on which clocks change: hours are wall time, the rest is instants."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.availability import slot_queries
from bookings.availability.free_times import Hours, SlotRules, open_slots
from bookings.models import BookingRules
from bookings.presenters import picker
from bookings.tests import reference_availability
from bookings.tests.free_times import (
    AUTUMN,
    EARLIER,
    LONDON,
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
        rules=SlotRules(cairo, grid_minutes=60, horizon_days=400),
        hours=Hours({friday.weekday(): [shift("00:00", "03:00")]}),
    )

    assert [start.astimezone(cairo).hour for start in free] == [1, 2]


# One grid: elapsed minutes from the shift's first instant, also where the clocks change inside it.


@pytest.mark.parametrize(
    ("day", "hours", "grid", "starts"),
    [
        # Begins before the change.
        (SPRING, ("00:30", "04:30"), 60, ["00:30", "01:30", "02:30"]),
        (SPRING, ("00:00", "04:00"), 45, ["00:00", "00:45", "01:30"]),
        (AUTUMN, ("00:30", "03:30"), 60, ["23:30", "00:30", "01:30", "02:30"]),
        (AUTUMN, ("00:00", "03:00"), 45, ["23:00", "23:45", "00:30", "01:15", "02:00"]),
        # Begins in it: at the first instant that the clock shows a time of the shift.
        (SPRING, ("01:15", "04:00"), 45, ["01:00", "01:45"]),
        (SPRING, ("02:00", "04:00"), 45, ["01:00", "01:45"]),
        (AUTUMN, ("01:30", "04:00"), 60, ["01:30", "02:30"]),
        (AUTUMN, ("01:00", "03:00"), 45, ["00:00", "00:45", "01:30"]),
        # Its clock leaves the shift and comes back to it; the grid goes on counting.
        (AUTUMN, ("01:20", "03:20"), 50, ["02:00"]),
    ],
)
def test_starts_are_elapsed_minutes_from_the_shifts_first_instant(day, hours, grid, starts):
    hours = weekly(6, hours)

    assert offered(day, hours=hours, grid_minutes=grid) == starts


@pytest.mark.django_db
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
@pytest.mark.parametrize(("begins", "grid"), [("00:10", 25), ("01:30", 45), ("01:00", 60)])
def test_page_list_and_booking_know_the_same_starts(coach, day, begins, grid):
    BookingRules.objects.create(
        coach=coach, grid_minutes=grid, horizon_days=400, minimum_notice_minutes=0
    )
    coach.weekly_hours.create(weekday=6, starts=time.fromisoformat(begins), ends=time(5))
    midnight = local(day, "00:00")
    reference = reference_availability.open_slots(
        minutes=60,
        since=midnight,
        until=midnight + timedelta(hours=25),
        at=EARLIER,
        rules=SlotRules(LONDON, grid_minutes=grid, horizon_days=400),
        hours=weekly(6, (begins, "05:00")),
    )

    page = picker.picker_for(
        coach, minutes=60, zone="Europe/London", at=EARLIER, day=day, address=str
    )
    accepted = [
        midnight + timedelta(minutes=5 * step)
        for step in range(72)
        if slot_queries.is_open(
            coach, starts_at=midnight + timedelta(minutes=5 * step), minutes=60, at=EARLIER
        )
    ]

    assert [slot.starts_at for slot in page.slots] == reference
    assert accepted == reference
