"""When coaches are open in a range and what of it is left, for all coaches at once.

One query for each kind of row, however many coaches: the office sees them side by side.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bookings.availability import recurring_time_off, slot_queries
from bookings.availability.free_times import Hours, Piece, Shift
from bookings.models import BookingRules, BusyTime, DateOverride, TimeOff, WeeklyHours
from profiles.models import Coach

MINUTE = timedelta(minutes=1)


def hours_of(
    coaches: Mapping[int, Coach], rules: Mapping[int, BookingRules], first: date, last: date
) -> dict[int, Hours]:
    """{key of a coach: her hours} of the local dates first to last."""
    weekly: dict[int, dict[int, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    overrides: dict[int, dict[date, list[Shift]]] = defaultdict(lambda: defaultdict(list))
    columns = ("starts", "ends", "locations")
    rows = WeeklyHours.objects.filter(coach__in=coaches)
    for coach, weekday, begins, until, locations in rows.values_list("coach", "weekday", *columns):
        weekly[coach][weekday].append(Shift(begins, until, tuple(locations)))
    dates = DateOverride.objects.filter(coach__in=coaches).between(first, last)
    for coach, day, starts, ends, locations in dates.values_list("coach", "date", *columns):
        shifts = overrides[coach][day]
        if starts is not None and ends is not None:
            shifts.append(Shift(starts, ends, tuple(locations)))
    years = range(first.year, last.year + 1)
    closed = frozenset().union(*map(slot_queries.bank_holidays, years))
    return {
        key: Hours(
            weekly[key],
            overrides[key],
            frozenset() if rules[key].opens_on_bank_holidays else closed,
        )
        for key in coaches
    }


def time_off_of(
    coaches: Mapping[int, Coach], window: tuple[datetime, datetime]
) -> dict[int, list[Piece]]:
    """{key of a coach: her time off that overlaps the window}, that of every year too."""
    found: dict[int, list[Piece]] = defaultdict(list)
    rows = TimeOff.objects.filter(coach__in=coaches).reaching(*window).order_by("starts_at", "pk")
    columns = ("coach", "starts_at", "ends_at", "recurrence")
    for key, starts_at, ends_at, recurrence in rows.values_list(*columns):
        zone = ZoneInfo(coaches[key].time_zone)
        found[key] += recurring_time_off.periods(
            starts_at, ends_at, recurrence, zone=zone, window=window
        )
    return found


def busy_times_of(
    coaches: Mapping[int, Coach], window: tuple[datetime, datetime]
) -> dict[int, list[Piece]]:
    found: dict[int, list[Piece]] = defaultdict(list)
    rows = BusyTime.objects.filter(coach__in=coaches).overlapping(*window)
    rows = rows.order_by("starts_at", "pk")
    for key, starts_at, ends_at in rows.values_list("coach", "starts_at", "ends_at"):
        found[key].append((starts_at, ends_at))
    return found


def clipped(pieces: Iterable[Piece], since: datetime, until: datetime) -> list[Piece]:
    """What of the pieces lies in [since, until)."""
    cut = ((max(start, since), min(end, until)) for start, end in pieces)
    return [piece for piece in cut if piece[0] < piece[1]]


def minutes_in(pieces: Sequence[Piece]) -> int:
    return sum((end - start) // MINUTE for start, end in pieces)
