"""The periods of time off that comes every year. Pure."""

from calendar import isleap
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARLY = "YEARLY"
DAY = timedelta(days=1)
LONGEST_OF_A_YEAR = timedelta(days=364)
Piece = tuple[datetime, datetime]


def periods(
    starts_at: datetime, ends_at: datetime, recurrence: str, *, zone: ZoneInfo, window: Piece
) -> Iterator[Piece]:
    """What of this time off overlaps the window: itself, or the years of it, in order.

    Each year it begins and ends on the same local dates at the same wall time. 29 February is
    28 February in a year that has none, and a last day stays the last day.
    """
    found = [(starts_at, ends_at)]
    if recurrence == YEARLY:
        found += _later_years(starts_at, ends_at, zone, window)
    for piece in found:
        if piece[0] < window[1] and piece[1] > window[0]:
            yield piece


def _later_years(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo, window: Piece
) -> Iterator[Piece]:
    first = starts_at.astimezone(zone)
    # The year before the window's first, for what begins in it and ends in the next.
    begin = max(first.year + 1, window[0].astimezone(zone).year - 1)
    for year in range(begin, window[1].astimezone(zone).year + 1):
        shift = year - first.year
        yield _same_start(starts_at, zone, shift), _same_end(ends_at, zone, shift)


def _same_start(moment: datetime, zone: ZoneInfo, years: int) -> datetime:
    local = moment.astimezone(zone)
    return min(_instants(_in_another_year(local.date(), years), local.time(), zone))


def _same_end(moment: datetime, zone: ZoneInfo, years: int) -> datetime:
    """The end of the same last day: midnight belongs to the day that it ends."""
    local = moment.astimezone(zone)
    if local.time() == time():
        last = _in_another_year(local.date() - DAY, years)
        return max(_instants(last + DAY, time(), zone))
    return max(_instants(_in_another_year(local.date(), years), local.time(), zone))


def _in_another_year(day: date, years: int) -> date:
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def _instants(day: date, wall: time, zone: ZoneInfo) -> list[datetime]:
    """The instants that may be meant: two where a clock change skips or repeats the time."""
    local = datetime.combine(day, wall, zone)
    return [local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
