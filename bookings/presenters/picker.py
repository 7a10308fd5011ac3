"""The free times as a page shows them: a week of days in the viewer's zone."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.availability import slot_queries
from bookings.availability.slot_queries import ANYBODY, Requester
from bookings.models import BookingRules
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date, local_midnight
from profiles.models import Coach

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    zone: str
    is_ambiguous: bool = False  # another slot of the day shows the same wall time

    @property
    def value(self):
        return self.starts_at.isoformat()

    @property
    def date(self):
        return local_date(self.starts_at, self.zone)

    @property
    def clock(self):
        words = formatting.clock(self.starts_at, self.zone)
        local = self.starts_at.astimezone(ZoneInfo(self.zone))
        return f"{words}{formatting.NO_BREAK}{local:%Z}" if self.is_ambiguous else words

    @property
    def words(self):
        """Monday 11 January 2027 at 9am."""
        return f"{formatting.long_date(self.date)} at {self.clock}"


@dataclass(frozen=True)
class Day:
    date: date
    slots: list[Slot]


@dataclass(frozen=True)
class SlotWeek:
    first: date
    days: list[Day]
    earlier: date | None  # the Mondays of the nearest weeks with free times
    later: date | None
    next_open: Slot | None  # told when the week has no times

    @property
    def last(self):
        return self.first + 6 * DAY

    @property
    def noon(self):
        """An instant of the week, for the zone's words."""
        return datetime.combine(self.first, time(12), UTC)


def week_of(
    coach: Coach,
    *,
    minutes: int,
    zone: str,
    at: datetime,
    day: date | None = None,
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
) -> SlotWeek:
    """The week that holds `day`, or the first week with a free time.

    Earlier and later are the nearest weeks with one. All free times are read to know them: whether
    there is a time next week is no matter of the horizon alone.
    """
    until = at + slot_queries.BEYOND_ANY_HORIZON
    every = slot_queries.open_slots(
        coach, minutes=minutes, since=at, until=until, at=at, requester=requester, stored=stored
    )
    if day is None:
        day = local_date(every[0] if every else at, zone)
    first = _monday(max(day, local_date(at, zone)))
    since, until = local_midnight(first, zone), local_midnight(first + WEEK, zone)
    starts = [start for start in every if since <= start < until]
    before = [start for start in every if start < since]
    after = [start for start in every if start >= until]
    return SlotWeek(
        first=first,
        days=_by_day(starts, zone),
        earlier=_monday(local_date(before[-1], zone)) if before else None,
        later=_monday(local_date(after[0], zone)) if after else None,
        next_open=Slot(after[0], zone) if after and not starts else None,
    )


def _monday(day):
    return day - day.weekday() * DAY


def nearest(
    coach: Coach,
    *,
    starts_at: datetime,
    minutes: int,
    zone: str,
    at: datetime,
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
) -> list[Slot]:
    """The three open times nearest to one that has gone, in their order."""
    starts = slot_queries.open_slots(
        coach,
        minutes=minutes,
        since=starts_at - 2 * WEEK,
        until=starts_at + 2 * WEEK,
        at=at,
        requester=requester,
        stored=stored,
    )
    starts = sorted(starts, key=lambda start: abs(start - starts_at))[:3]
    return [slot for day in _by_day(sorted(starts), zone) for slot in day.slots]


def _by_day(starts, zone):
    days: dict[date, list[datetime]] = {}
    for start in starts:
        days.setdefault(local_date(start, zone), []).append(start)
    return [Day(day, _slots(found, zone)) for day, found in days.items()]


def _slots(starts, zone):
    shown = Counter(formatting.clock(start, zone) for start in starts)
    return [Slot(start, zone, shown[formatting.clock(start, zone)] > 1) for start in starts]
