"""The dates of a series: the same wall-clock time every so many weeks or once a month. Pure."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKS = {"1": 1, "2": 2, "3": 3, "4": 4}
MONTHLY = "month"
INTERVALS = [
    ("1", "Every week"),
    ("2", "Every 2 weeks"),
    ("3", "Every 3 weeks"),
    ("4", "Every 4 weeks"),
    (MONTHLY, "Every month, on the same weekday"),
]
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Date:
    """One date of a series; no start where the clocks leave out its time on that date."""

    day: date
    starts_at: datetime | None


def dates_of(first: datetime, *, every: str, number: int, zone: ZoneInfo) -> list[Date]:
    """So many dates from the first start on, each at the same time of day in `zone`.

    A month's is the same weekday: the second Tuesday, say; a fifth is the last where there is none.
    Of a time that the clocks repeat it is the first, but for the first date: that is as chosen.
    """
    local = first.astimezone(zone)
    days = _days(local.date(), every, number)
    next(days)
    later = [Date(day, _instant(day, local.time(), zone)) for day in days]
    return [Date(local.date(), first.astimezone(UTC)), *later]


def _days(first: date, every: str, number: int) -> Iterator[date]:
    for index in range(number):
        if every == MONTHLY:
            yield _same_weekday(first, index)
        else:
            yield first + index * WEEKS[every] * WEEK


def _same_weekday(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    begins_on, days = monthrange(year, month + 1)
    day = 1 + (first.weekday() - begins_on) % 7 + (first.day - 1) // 7 * 7
    return date(year, month + 1, day if day <= days else day - 7)


def _instant(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    local = datetime.combine(day, wall, zone).replace(fold=0)
    found = local.astimezone(UTC)
    exists = found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
    return found if exists else None
