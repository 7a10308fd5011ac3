"""What tests of free times ask: the starts that one date offers, as UTC clock times."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.availability.free_times import Hours, Occupied, Shift, SlotRules, open_slots

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
    rules = SlotRules(**{"zone": LONDON, "grid_minutes": 60, "horizon_days": 400} | rules)
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
