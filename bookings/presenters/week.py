"""A coach's week as a page shows it: days, what is in them, and where it is drawn, to the minute.

Everything is wall time in the coach's zone.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bookings import pricing
from bookings.availability import slot_queries
from bookings.presenters.calendar_entries import Entry, entries_between
from coaching_portal.common import formatting
from coaching_portal.common.date_fields import is_within_reach
from coaching_portal.common.dates import local_date, local_midnight

MINUTE, DAY, WEEK = timedelta(minutes=1), timedelta(days=1), timedelta(days=7)
HOUR_MINUTES, DAY_MINUTES = 60, 24 * 60
USUAL_HOURS = (8, 18)
SHORT = 45  # minutes in which no more than when and who can be read
MOST_LANES = 4  # as many as calendar.css knows
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
class Block:
    """What is drawn in a day from one minute to another, counted by the clock from midnight.

    Entries that share a time stand beside each other, each in a lane.
    """

    first: int
    last: int
    entry: Entry | None = None
    lane: int = 0
    lanes: int = 1

    @property
    def css_classes(self):
        """Its place in static/css/bookings/calendar.css, where no style may stand in the page."""
        from_hour, from_minute = divmod(self.first, HOUR_MINUTES)
        to_hour, to_minute = divmod(self.last, HOUR_MINUTES)
        place = f"from-h{from_hour} from-m{from_minute} to-h{to_hour} to-m{to_minute}"
        if self.last - self.first < SHORT:
            place += " short"
        return place if self.lanes == 1 else f"{place} lane-{self.lane} lanes-{self.lanes}"


@dataclass
class Day:
    date: date
    is_today: bool
    shifts: list
    entries: list = field(default_factory=list)

    @property
    def sessions(self):
        return [entry.session for entry in self.entries if entry.session]


class CalendarWeek:
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
        return formatting.date_range(self.monday, self.sunday)

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
        hours = slot_queries.hours_between(
            self.coach, pricing.booking_rules_for(self.coach), self.monday, self.sunday
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
    def hours_shown(self):
        """Whole hours that hold the usual day, all hours offered, and all sessions."""
        first, last = USUAL_HOURS
        for day in self.shown_days:
            spans = [_minutes_of(shift) for shift in day.shifts]
            spans += [self._minutes_in(day, each) for each in day.entries if each.session]
            for starts, ends in spans:
                first, last = (
                    min(first, starts // HOUR_MINUTES),
                    max(last, -(-ends // HOUR_MINUTES)),
                )
        return range(first, last)

    @property
    def hour_labels(self):
        return [time(hour) for hour in self.hours_shown]

    @property
    def css_classes(self):
        hours = self.hours_shown
        return f"shows-from-{hours.start} shows-to-{hours.stop}"

    @property
    def columns(self):
        """(day, its hours, its entries) of each shown day, as blocks."""
        return [
            (day, [Block(*_minutes_of(shift)) for shift in day.shifts], self._blocks(day))
            for day in self.shown_days
        ]

    def _entries(self):
        since, until = self._midnight(self.monday), self._midnight(self.monday + WEEK)
        for entry in entries_between(self.coach, since, until):
            if entry.session:
                yield entry
            else:
                words = self._time_off_words(entry.starts_at, entry.ends_at)
                yield replace(entry, words=words)

    def _time_off_words(self, starts_at, ends_at):
        starts, ends = (each.astimezone(self.zone) for each in (starts_at, ends_at))
        whole_day = self._midnight(starts.date()), self._midnight(starts.date() + DAY)
        if (starts_at, ends_at) == whole_day:
            return "All day"
        if starts.date() != (ends - timedelta.resolution).date():
            return ""
        return " to ".join(formatting.clock(each, self.zone.key) for each in (starts, ends))

    def _midnight(self, day):
        return local_midnight(day, self.zone)

    def _dates_of(self, entry):
        first = max(local_date(entry.starts_at, self.zone), self.monday)
        last = local_date(entry.ends_at - timedelta.resolution, self.zone)
        last = min(last, self.sunday)
        return [first + number * DAY for number in range((last - first).days + 1)]

    def _minutes_in(self, day, entry):
        """From which minute of the date to which an entry lasts, by the clock on the wall."""
        starts, ends = (moment.astimezone(self.zone) for moment in (entry.starts_at, entry.ends_at))
        first = 0 if starts.date() < day.date else _minute(starts)
        last = DAY_MINUTES if ends.date() > day.date else _minute(ends)
        if last <= first:  # the clocks went back meanwhile
            last = min(first + (entry.ends_at - entry.starts_at) // MINUTE, DAY_MINUTES)
        return first, last

    def _blocks(self, day):
        """The entries of a day; those that share a time get a lane each."""
        blocks: list[Block] = []
        group: list[Block] = []
        group_ends = 0
        earliest, latest = (60 * hour for hour in (self.hours_shown.start, self.hours_shown.stop))
        for entry in day.entries:
            first, last = self._minutes_in(day, entry)
            first, last = max(first, earliest), min(last, latest)
            if first >= last:
                continue
            if first >= group_ends:
                blocks += _in_lanes(group)
                group = []
            group.append(Block(first, last, entry))
            group_ends = max(group_ends, last) if len(group) > 1 else last
        return blocks + _in_lanes(group)


def _in_lanes(blocks):
    """Blocks that overlap one another in a chain, each in the first lane that is free."""
    lanes: list[int] = []  # where the last block of each lane ends
    found = []
    for block in blocks:
        free = (number for number, ends in enumerate(lanes) if ends <= block.first)
        lane = next(free, len(lanes))
        lanes[lane : lane + 1] = [block.last]
        found.append((block, lane))
    count = min(len(lanes), MOST_LANES)
    return [replace(block, lane=min(lane, MOST_LANES - 1), lanes=count) for block, lane in found]


def _minute(wall):
    return wall.hour * HOUR_MINUTES + wall.minute


def _minutes_of(shift):
    """Midnight as an end is the end of the day."""
    return _minute(shift.starts), _minute(shift.ends) or DAY_MINUTES
