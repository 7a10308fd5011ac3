"""A coach's week as a page shows it: days, what is in them, and a table of half hours.

Everything is wall time in the coach's zone.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bookings import diary, terms
from bookings.models import CoachingSession
from coaching_portal import wording
from coaching_portal.date_fields import is_within_reach

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SLOT_MINUTES = 30
SLOTS_A_DAY = 24 * 60 // SLOT_MINUTES
USUAL_SLOTS = (16, 36)  # 08:00 to 18:00
WEEKDAYS = 5


def monday_of(code):
    """The Monday of a week such as 2026-W48, or None where there is no such week."""
    try:
        found = datetime.strptime(f"{code}-1", "%G-W%V-%u").replace(tzinfo=UTC).date()
    except ValueError:
        return None
    return found if is_within_reach(found) and code_of(found) == code else None


def code_of(day):
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


@dataclass(frozen=True)
class Entry:
    """A session, or time off, as it lies in one day."""

    starts_at: datetime
    ends_at: datetime
    session: CoachingSession | None = None
    reason: str = ""


@dataclass(frozen=True)
class Cell:
    """A stretch of one day in the table: what is in it, or nothing."""

    slots: int
    entries: list
    is_open: bool = False


@dataclass
class Day:
    date: date
    is_today: bool
    shifts: list
    entries: list = field(default_factory=list)

    @property
    def sessions(self):
        return [entry.session for entry in self.entries if entry.session]


class Week:
    def __init__(self, coach, monday, at):
        self.coach, self.monday, self.at = coach, monday, at
        self.zone = ZoneInfo(coach.time_zone)

    @property
    def sunday(self):
        return self.monday + 6 * DAY

    @property
    def code(self):
        return code_of(self.monday)

    @property
    def title(self):
        return wording.date_range(self.monday, self.sunday)

    @property
    def before(self):
        return code_of(self.monday - WEEK)

    @property
    def after(self):
        return code_of(self.monday + WEEK)

    @property
    def is_empty(self):
        return not any(day.entries for day in self.days)

    @cached_property
    def days(self):
        """Monday to Sunday, with what is in them in order."""
        hours = diary.hours_between(
            self.coach, terms.rules_of(self.coach), self.monday, self.sunday
        )
        today = self.at.astimezone(self.zone).date()
        dates = [self.monday + number * DAY for number in range(7)]
        days = {each: Day(each, each == today, list(hours.on(each))) for each in dates}
        for entry in sorted(self._entries(), key=lambda entry: entry.starts_at):
            for each in self._dates_of(entry):
                if each in days:
                    days[each].entries.append(entry)
        return list(days.values())

    @property
    def shown_days(self):
        """Saturday and Sunday only where something is in them."""
        return [
            day
            for number, day in enumerate(self.days)
            if number < WEEKDAYS or day.entries or day.shifts
        ]

    @cached_property
    def rows(self):
        """(hour, the cells of its two halves); None where the cell above reaches in."""
        first, last = self._slots_shown
        columns = [self._column(day, first, last) for day in self.shown_days]
        cells = list(zip(*columns, strict=True))
        return [
            (time(slot // 2), cells[slot - first], cells[slot - first + 1])
            for slot in range(first, last, 2)
        ]

    def _entries(self):
        since, until = self._midnight(self.monday), self._midnight(self.monday + WEEK)
        sessions = (
            CoachingSession.objects.filter(
                coach=self.coach, starts_at__gte=since - DAY, starts_at__lt=until, ends_at__gt=since
            )
            .agreed()
            .exclude(status=CoachingSession.Status.CANCELLED)
            .select_related("client")
        )
        for session in sessions:
            yield Entry(session.starts_at, session.ends_at, session)
        for period in self.coach.time_off.overlapping(since, until):
            yield Entry(period.starts_at, period.ends_at, reason=period.reason or "Time off")

    def _midnight(self, day):
        return datetime.combine(day, time(), self.zone)

    def _dates_of(self, entry):
        first = max(entry.starts_at.astimezone(self.zone).date(), self.monday)
        last = (entry.ends_at - timedelta.resolution).astimezone(self.zone).date()
        last = min(last, self.sunday)
        return [first + number * DAY for number in range((last - first).days + 1)]

    @cached_property
    def _slots_shown(self):
        """Whole hours that hold the usual day, all hours offered, and all sessions."""
        spans = [USUAL_SLOTS]
        for day in self.shown_days:
            spans += [_slots(shift.starts, shift.ends) for shift in day.shifts]
            spans += [self._span(entry, day.date) for entry in day.entries if entry.session]
        return min(span[0] for span in spans) // 2 * 2, -(-max(span[1] for span in spans) // 2) * 2

    def _span(self, entry, day):
        """The half hours of a date that an entry touches."""
        starts, ends = (moment.astimezone(self.zone) for moment in (entry.starts_at, entry.ends_at))
        first = 0 if starts.date() < day else _slots(starts.time(), starts.time())[0]
        last = SLOTS_A_DAY if ends.date() > day else _slots(time(), ends.time())[1]
        return first, max(last, first + 1)

    def _column(self, day, first, last):
        """A cell for each half hour; None under one that reaches over it."""
        cells = [Cell(1, [], _is_open(day, slot)) for slot in range(first, last)]
        for start, end, entries in self._blocks(day, first, last):
            cells[start - first : end - first] = [
                Cell(end - start, entries),
                *[None] * (end - start - 1),
            ]
        return cells

    def _blocks(self, day, first, last):
        """Entries that share a half hour lie in one block: (first half hour, last, entries)."""
        blocks = []
        for entry in day.entries:
            start, end = self._span(entry, day.date)
            start, end = max(start, first), min(end, last)
            if start >= end:
                continue
            if blocks and start < blocks[-1][1]:
                blocks[-1][1] = max(blocks[-1][1], end)
                blocks[-1][2].append(entry)
            else:
                blocks.append([start, end, [entry]])
        return blocks


def _slots(starts, ends):
    """Wall times as half hours; midnight as an end is the end of the day."""
    first = (starts.hour * 60 + starts.minute) // SLOT_MINUTES
    minutes = ends.hour * 60 + ends.minute or 24 * 60
    return first, -(-minutes // SLOT_MINUTES)


def _is_open(day, slot):
    return any(
        first <= slot < last
        for first, last in (_slots(shift.starts, shift.ends) for shift in day.shifts)
    )
