"""Which starts are free. Pure: everything that counts is handed in, and nothing of ours imported.

Hours are wall time in the coach's zone; everything else is instants. The work is proportional to
what is read: the starts on the grid and the periods that are taken are each walked through once.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coaching_portal.common.dates import local_date, local_midnight

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MIDNIGHT = time()
Piece = tuple[datetime, datetime]  # from a start to an end
FURTHEST_FROM_UTC = timedelta(hours=16)  # more than any zone's offset


@dataclass(frozen=True)
class Shift:
    """Wall time on one date. `ends` 00:00 means the end of the day.

    `locations` are the codes of where its sessions can be; none named: anywhere.
    """

    starts: time
    ends: time
    locations: Collection[str] = ()

    def has(self, location: str) -> bool:
        return not self.locations or location in self.locations


@dataclass(frozen=True)
class Hours:
    """What a coach offers, by weekday (Monday is 0); an override replaces a date's shifts."""

    weekly: Mapping[int, Sequence[Shift]]
    overrides: Mapping[date, Sequence[Shift]] = field(default_factory=dict)
    bank_holidays: Collection[date] = frozenset()

    def on(self, day: date) -> Sequence[Shift]:
        if day in self.overrides:
            return self.overrides[day]
        return () if day in self.bank_holidays else self.weekly.get(day.weekday(), ())


@dataclass(frozen=True)
class SlotRules:
    """Minutes are elapsed minutes; horizon and limits count local dates in `zone`.

    A week is Monday to Sunday.
    """

    zone: ZoneInfo
    grid_minutes: int = 30
    minimum_notice_minutes: int = 0
    horizon_days: int = 90
    buffer_minutes: int = 0
    most_sessions_a_day: int | None = None
    most_minutes_a_day: int | None = None
    most_sessions_a_week: int | None = None
    most_minutes_a_week: int | None = None

    @property
    def limits_weeks(self) -> bool:
        return (self.most_sessions_a_week, self.most_minutes_a_week) != (None, None)

    @property
    def buffer(self) -> timedelta:
        return timedelta(minutes=self.buffer_minutes)

    @property
    def grid(self) -> timedelta:
        return timedelta(minutes=self.grid_minutes)

    def earliest(self, at: datetime) -> datetime:
        """Exactly the minimum notice away is still allowed."""
        return at + timedelta(minutes=self.minimum_notice_minutes)

    def last_day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date() + timedelta(days=self.horizon_days)


@dataclass(frozen=True)
class Occupied:
    """A live session or someone's hold; its buffer ends at `free_again_at`."""

    starts_at: datetime
    ends_at: datetime
    free_again_at: datetime


@dataclass(frozen=True)
class Period:
    """Time off, busy time, or a session of the client's elsewhere."""

    starts_at: datetime
    ends_at: datetime


def open_slots(
    *,
    minutes: int,
    since: datetime,
    until: datetime,
    at: datetime,
    rules: SlotRules,
    hours: Hours,
    sessions: Sequence[Occupied] = (),
    closed: Iterable[Period] = (),
    locations: Collection[str] = (),
) -> list[datetime]:
    """The starts in [since, until) at which a session of `minutes` can be had: sorted, in UTC.

    The whole session must be possible at one of `locations`; with none, shifts are not told apart.
    """
    first = max(since, rules.earliest(at))
    end = min(until, local_midnight(rules.last_day(at) + DAY, rules.zone))
    if first >= end:
        return []
    starts = starts_of_days(
        local_date(first, rules.zone),
        local_date(end - timedelta.resolution, rules.zone),
        minutes=minutes,
        rules=rules,
        hours=hours,
        sessions=sessions,
        closed=closed,
        locations=locations,
    )
    return starts[bisect_left(starts, first) : bisect_left(starts, end)]


def starts_of_days(
    day: date,
    last: date,
    *,
    minutes: int,
    rules: SlotRules,
    hours: Hours,
    sessions: Sequence[Occupied],
    closed: Iterable[Period],
    locations: Collection[str],
) -> list[datetime]:
    """The starts on the local dates `day` to `last`, as `open_slots`, whatever the time is now."""
    length = timedelta(minutes=minutes)
    has_room = _limits(sessions, minutes, rules)
    starts = [
        start
        for each in _days(day, last)
        if has_room(each)
        for start in _starts_at(locations, each, hours.on(each), length, rules)
    ]
    return _outside(_taken(sessions, closed, rules), starts, length)


def lies_within(
    hours: Hours, starts_at: datetime, ends_at: datetime, *, location: str, zone: ZoneInfo
) -> bool:
    """Whether this time lies wholly inside the hours of its date, for its location."""
    day = local_date(starts_at, zone)
    shifts = [shift for shift in hours.on(day) if shift.has(location)]
    pieces = _merged(piece for shift in shifts for piece in _shift_instants(day, shift, zone))
    return any(start <= starts_at and ends_at <= end for start, end in pieces)


def open_pieces(hours: Hours, days: Iterable[date], zone: ZoneInfo) -> list[Piece]:
    """The hours of these local dates as instants, sorted; those that touch are one."""
    shifts = ((day, shift) for day in days for shift in hours.on(day))
    return _merged(piece for day, shift in shifts for piece in _shift_instants(day, shift, zone))


def without(pieces: Iterable[Piece], taken: Iterable[Piece]) -> list[Piece]:
    """What is left of the pieces where nothing is taken, sorted."""
    left, cuts = [], _merged(taken)
    for start, end in _merged(pieces):
        for first, last in cuts:
            if last <= start:
                continue
            if first >= end:
                break
            if first > start:
                left.append((start, first))
            start = max(start, last)
        if start < end:
            left.append((start, end))
    return left


def _days(day: date, last: date) -> Iterator[date]:
    while day <= last:
        yield day
        day += DAY


def monday_of(day: date) -> date:
    return day - day.weekday() * DAY


def _limits(sessions: Sequence[Occupied], minutes: int, rules: SlotRules) -> Callable[[date], bool]:
    """A function that tells whether a date and its week have room for one more of `minutes`."""
    day_has_room = _limit(
        sessions, minutes, rules, rules.most_sessions_a_day, rules.most_minutes_a_day
    )
    if not rules.limits_weeks:
        return day_has_room
    week_has_room = _limit(
        sessions, minutes, rules, rules.most_sessions_a_week, rules.most_minutes_a_week, monday_of
    )
    return lambda day: day_has_room(day) and week_has_room(day)


def _limit(
    sessions: Iterable[Occupied],
    minutes: int,
    rules: SlotRules,
    most_sessions: int | None,
    most_minutes: int | None,
    period_of: Callable[[date], date] = lambda day: day,
) -> Callable[[date], bool]:
    """Whether a date's period has room; `period_of` gives the first date of that period."""
    count: Counter[date] = Counter()
    booked: Counter[date] = Counter()
    if most_sessions is not None or most_minutes is not None:
        for session in sessions:
            period = period_of(local_date(session.starts_at, rules.zone))
            count[period] += 1
            booked[period] += (session.ends_at - session.starts_at) // MINUTE

    def has_room(day: date) -> bool:
        period = period_of(day)
        return not _exceeds(count[period] + 1, most_sessions) and not _exceeds(
            booked[period] + minutes, most_minutes
        )

    return has_room


def _exceeds(number: int, limit: int | None) -> bool:
    return limit is not None and number > limit


def _starts_at(
    locations: Collection[str],
    day: date,
    shifts: Sequence[Shift],
    length: timedelta,
    rules: SlotRules,
) -> list[datetime]:
    """The starts on a date whose whole session is possible at one of these locations, sorted."""
    if not locations or not any(shift.locations for shift in shifts):
        return _starts_on(day, shifts, length, rules)
    choices = {tuple(shift for shift in shifts if shift.has(each)) for each in locations}
    return sorted({s for choice in choices for s in _starts_on(day, choice, length, rules)})


def _starts_on(
    day: date, shifts: Iterable[Shift], length: timedelta, rules: SlotRules
) -> list[datetime]:
    """The starts on a date's grids whose whole session lies inside that date's hours, sorted."""
    pieces = [_shift_instants(day, shift, rules.zone) for shift in shifts]
    inside = _merged(piece for shift in pieces for piece in shift)
    starts = {start for shift in pieces for start in _on_grid(shift, rules.grid)}
    return _within(inside, sorted(starts), length)


def _shift_instants(day: date, shift: Shift, zone: ZoneInfo) -> list[Piece]:
    """The shift as instants: [(start, end), …], two of them where a clock change parts it."""
    ends_on = day + DAY if shift.ends == MIDNIGHT else day
    return _instants(
        datetime.combine(day, shift.starts), datetime.combine(ends_on, shift.ends), zone
    )


def _on_grid(pieces: Sequence[Piece], grid: timedelta) -> Iterator[datetime]:
    """Starts counted in elapsed time from the shift's first instant."""
    for start, end in pieces:
        origin = pieces[0][0]
        moment = origin - (origin - start) // grid * grid
        while moment < end:
            yield moment
            moment += grid


def _instants(wall_start: datetime, wall_end: datetime, zone: ZoneInfo) -> list[Piece]:
    """The instants at which a clock in `zone` shows a time in [wall_start, wall_end).

    While the offset stays the same, wall time is the instant plus that offset. So a time that a
    clock change skips gives nothing, and one that it repeats is there twice.
    """
    start, end = wall_start.replace(tzinfo=UTC), wall_end.replace(tzinfo=UTC)
    pieces = [
        (max(first, start - offset), min(last, end - offset))
        for first, last, offset in _stretches(start, end, zone)
    ]
    return _merged(piece for piece in pieces if piece[0] < piece[1])


def _stretches(
    start: datetime, end: datetime, zone: ZoneInfo
) -> list[tuple[datetime, datetime, timedelta]]:
    """(first, last, offset): the stretches around these wall times in which the offset is one."""
    first, last = start - FURTHEST_FROM_UTC, end + FURTHEST_FROM_UTC
    before, after = _offset(first, zone), _offset(last, zone)
    if before == after:
        return [(first, last, before)]
    change = _clock_change(first, last, before, zone)
    return [(first, change, before), (change, last, after)]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _clock_change(low: datetime, high: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    """The minute in which the offset stops being `before`, found by halving."""
    while high - low > MINUTE:
        middle = low + (high - low) // (2 * MINUTE) * MINUTE
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    return high


def _taken(sessions: Iterable[Occupied], closed: Iterable[Period], rules: SlotRules) -> list[Piece]:
    """What a session must not overlap, merged and sorted.

    A new session's own buffer must end before the next one starts: the same as keeping a buffer's
    length free before each. Hours, time off and busy time may follow at once.
    """
    yield_to = [(each.starts_at - rules.buffer, each.free_again_at) for each in sessions]
    return _merged([*yield_to, *((period.starts_at, period.ends_at) for period in closed)])


def _merged(pieces: Iterable[Piece]) -> list[Piece]:
    """Sorted, with those that overlap or touch made one."""
    merged: list[Piece] = []
    for start, end in sorted(pieces):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _within(
    pieces: Iterable[Piece], starts: Iterable[datetime], length: timedelta
) -> list[datetime]:
    """Those of the sorted starts whose session lies wholly inside one of the sorted pieces."""
    return [
        start
        for start, piece in _beside(pieces, starts)
        if piece and piece[0] <= start and start + length <= piece[1]
    ]


def _outside(
    pieces: Iterable[Piece], starts: Iterable[datetime], length: timedelta
) -> list[datetime]:
    """Those of the sorted starts whose session overlaps none of the sorted pieces."""
    return [
        start
        for start, piece in _beside(pieces, starts)
        if piece is None or start + length <= piece[0]
    ]


def _beside(
    pieces: Iterable[Piece], starts: Iterable[datetime]
) -> Iterator[tuple[datetime, Piece | None]]:
    """Each start with the first piece that ends after it: one sweep over both."""
    remaining = iter(pieces)
    piece = next(remaining, None)
    for start in starts:
        while piece and piece[1] <= start:
            piece = next(remaining, None)
        yield start, piece
