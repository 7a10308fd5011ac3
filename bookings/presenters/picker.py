"""The free times as a page shows them: the days that have some, and the times of one day."""

from bisect import bisect_left
from calendar import Calendar
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.availability import slot_queries
from bookings.availability.slot_queries import ANYBODY, Requester
from bookings.models import BookingRules
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date
from profiles.models import Coach

WEEK = timedelta(days=7)
DAYS_AT_ONCE = 7
# (name, the hour in which the next one begins)
PARTS_OF_THE_DAY = (("Morning", 12), ("Afternoon", 17), ("Evening", 24))
# How far apart the times are that a part shows before "More": the first of these, in minutes,
# with which a day has few enough controls. With one minute all are shown.
STEPS = (1, 30, 60, 120, 240)
# Together with the days, the options and the frame of the page these make at most 40.
MOST_CONTROLS = 13


@dataclass(frozen=True)
class Slot:
    starts_at: datetime
    zone: str
    is_ambiguous: bool = False  # another slot of the day shows the same wall time

    @property
    def value(self) -> str:
        return self.starts_at.isoformat()

    @property
    def local(self) -> datetime:
        return self.starts_at.astimezone(ZoneInfo(self.zone))

    @property
    def date(self) -> date:
        return self.local.date()

    @property
    def clock(self) -> str:
        words = formatting.clock(self.starts_at, self.zone)
        return f"{words}{formatting.NO_BREAK}{self.local:%Z}" if self.is_ambiguous else words

    @property
    def words(self) -> str:
        """Monday 11 January 2027 at 9am."""
        return f"{formatting.long_date(self.date)} at {self.clock}"


@dataclass(frozen=True)
class Part:
    """The morning, afternoon or evening of a day: what is shown, and the rest behind "More"."""

    name: str
    shown: list[Slot]
    rest: list[Slot]

    @property
    def controls(self) -> int:
        return len(self.shown) + bool(self.rest)


@dataclass(frozen=True)
class Day:
    """A date to choose; without an address nothing is free on it."""

    date: date
    url: str = ""
    is_chosen: bool = False

    @property
    def label(self) -> str:
        """Monday 11 January."""
        return f"{self.date:%A} {self.date.day} {self.date:%B}"


@dataclass(frozen=True)
class Month:
    first: date
    weeks: list[list[Day | None]]  # Monday first; None where the month has not begun or has ended
    earlier: str
    later: str


@dataclass(frozen=True)
class TimePicker:
    """One day's times, and the ways to other days: a week of free days, and a month."""

    day: date
    slots: list[Slot]
    days: list[Day]  # seven days with free times
    earlier: str
    later: str
    month: Month
    next_free: Slot | None  # after a day without times
    last_free: Slot | None  # before it
    other_day: str  # the address of the day of the one or the other

    @property
    def parts(self) -> list[Part]:
        return parts_of(self.slots)

    @property
    def noon(self) -> datetime:
        """An instant of the day, to compare zones at."""
        return datetime.combine(self.day, time(12), UTC)


def picker_for(
    coach: Coach,
    *,
    minutes: int,
    zone: str,
    at: datetime,
    address: Callable[[date], str],
    day: date | None = None,
    near: date | None = None,
    location: str = "",
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
) -> TimePicker:
    """The times of `day`, even if there are none; without it, of the first free day from `near` on.

    `address` leads to the page of another day. All free times are read to know which days have
    some: whether there is a time next week is no matter of the horizon alone.
    """
    until = at + slot_queries.BEYOND_ANY_HORIZON
    starts = _to_choose(
        coach,
        minutes=minutes,
        since=at,
        until=until,
        at=at,
        location=location,
        requester=requester,
        stored=stored,
    )
    by_day = _by_day(starts, zone)
    free, today = list(by_day), local_date(at, zone)
    day = max(day, today) if day else _first_free(free, near or today)
    here = bisect_left(free, day)
    # Whole weeks of free days, so that choosing one of them leaves the others where they are.
    first = min(here, max(len(free) - 1, 0)) // DAYS_AT_ONCE * DAYS_AT_ONCE
    after = first + DAYS_AT_ONCE
    is_free = day in by_day
    following = None if is_free or here == len(free) else free[here]
    previous = None if is_free or here == 0 else free[here - 1]
    other = following or previous
    return TimePicker(
        day=day,
        slots=_slots(by_day.get(day, ()), zone),
        days=[Day(each, address(each), each == day) for each in free[first:after]],
        earlier=address(free[first - DAYS_AT_ONCE]) if first else "",
        later=address(free[after]) if after < len(free) else "",
        month=_month(day, free, address),
        next_free=_slots(by_day[following], zone)[0] if following else None,
        last_free=_slots(by_day[previous], zone)[-1] if previous else None,
        other_day=address(other) if other else "",
    )


def _to_choose(coach: Coach, *, requester: Requester, **question: Any) -> list[datetime]:
    """The open slots, without the time at which the session that is moved is already."""
    starts = slot_queries.open_slots(coach, requester=requester, **question)
    moving = requester.moving
    return [start for start in starts if moving is None or start != moving.starts_at]


def _first_free(free: Sequence[date], near: date) -> date:
    """The first free day from `near` on; where there is none, the last before it."""
    here = bisect_left(free, near)
    return free[min(here, len(free) - 1)] if free else near


def _month(day: date, free: Sequence[date], address: Callable[[date], str]) -> Month:
    """The month of this day, with the way to the nearest months that have free days."""
    first = day.replace(day=1)
    before = free[: bisect_left(free, first)]
    after = [each for each in free if (each.year, each.month) > (day.year, day.month)]

    def cell(number: int) -> Day | None:
        if not number:
            return None
        each = day.replace(day=number)
        return Day(each, address(each) if each in free else "", each == day)

    numbers = Calendar().monthdayscalendar(day.year, day.month)
    return Month(
        first=first,
        weeks=[[cell(number) for number in week] for week in numbers],
        earlier=address(_first_free(free, before[-1].replace(day=1))) if before else "",
        later=address(after[0]) if after else "",
    )


def parts_of(slots: Sequence[Slot]) -> list[Part]:
    """The slots of a day by morning, afternoon and evening, with few enough of them shown."""
    parts: list[Part] = []
    for step in STEPS:
        parts = _parts(slots, step)
        if sum(part.controls for part in parts) <= MOST_CONTROLS:
            break
    return parts


def _parts(slots: Sequence[Slot], step: int) -> list[Part]:
    parts, begins = [], 0
    for name, ends in PARTS_OF_THE_DAY:
        those = [slot for slot in slots if begins <= slot.local.hour < ends]
        shown = _first_of_each(those, step)
        rest = [slot for slot in those if slot not in shown]
        parts.append(Part(name, shown, rest))
        begins = ends
    return [part for part in parts if part.shown]


def _first_of_each(slots: Iterable[Slot], step: int) -> list[Slot]:
    """The first slot in each `step` minutes of the clock: on the hour where that is free."""
    found: dict[tuple[timedelta | None, int], Slot] = {}
    for slot in slots:
        # An hour that the clocks repeat is there twice, with another offset.
        local = slot.local
        found.setdefault((local.utcoffset(), (local.hour * 60 + local.minute) // step), slot)
    return list(found.values())


def nearest(
    coach: Coach,
    *,
    starts_at: datetime,
    minutes: int,
    zone: str,
    at: datetime,
    location: str = "",
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
) -> list[Slot]:
    """The three open times nearest to one that has gone, in their order."""
    starts = _to_choose(
        coach,
        minutes=minutes,
        since=starts_at - 2 * WEEK,
        until=starts_at + 2 * WEEK,
        at=at,
        location=location,
        requester=requester,
        stored=stored,
    )
    starts = sorted(starts, key=lambda start: abs(start - starts_at))[:3]
    return [
        slot for found in _by_day(sorted(starts), zone).values() for slot in _slots(found, zone)
    ]


def first_of_days(starts: Iterable[datetime], zone: str, most: int) -> list[datetime]:
    """The first start of each of the first days: times spread over so many days."""
    return [found[0] for found in list(_by_day(starts, zone).values())[:most]]


def slots_by_day(starts: Iterable[datetime], zone: str) -> dict[date, list[Slot]]:
    return {day: _slots(found, zone) for day, found in _by_day(starts, zone).items()}


def _by_day(starts: Iterable[datetime], zone: str) -> dict[date, list[datetime]]:
    days: dict[date, list[datetime]] = {}
    for start in starts:
        days.setdefault(local_date(start, zone), []).append(start)
    return days


def _slots(starts: Sequence[datetime], zone: str) -> list[Slot]:
    shown = Counter(formatting.clock(start, zone) for start in starts)
    return [Slot(start, zone, shown[formatting.clock(start, zone)] > 1) for start in starts]
