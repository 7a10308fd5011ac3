"""When a coach can be booked, as her pages show it, and what clients would see before she saves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from bookings import pricing
from bookings.availability import free_times, recurring_time_off, shifts, slot_queries
from bookings.availability.slot_queries import STORED, Supposed
from bookings.models import BookingRules, CoachingSession, TimeOff, WeeklyHours
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date
from profiles.models import Coach

DAY = timedelta(days=1)
PREVIEW = timedelta(days=14)
BANK_HOLIDAYS_AHEAD = timedelta(days=366)


def shift_words(row) -> str:
    """9am to 12:30pm, and where, if not everywhere."""
    words = shifts.words(row.starts, row.ends)
    labels = [CoachingSession.Location(each).label for each in row.locations]
    return f"{words} ({', '.join(labels)})" if labels else words


def week_of(coach: Coach):
    """Each weekday with its shifts in words."""
    rows = list(coach.weekly_hours.order_by("weekday", "starts"))
    return [
        (label, [shift_words(row) for row in rows if row.weekday == weekday])
        for weekday, label in WeeklyHours.Weekday.choices
    ]


def dates_of(overrides: Sequence):
    """Dates to come with other hours: the date, and its shifts in words; none where closed."""
    return [
        (day, [shift_words(row) for row in found if row.starts is not None])
        for day, found in groupby(overrides, key=lambda row: row.date)
    ]


def bank_holidays_ahead(rules: BookingRules, overrides: Sequence, today: date):
    """The bank holidays of the next year: the date, its name, and its hours where set."""
    set_dates = dict(dates_of(overrides))
    years = range(today.year, (today + BANK_HOLIDAYS_AHEAD).year + 1)
    names = {
        day: name
        for year in years
        for day, name in slot_queries.bank_holiday_names(year).items()
        if today <= day < today + BANK_HOLIDAYS_AHEAD
    }
    return [(day, names[day], day in set_dates, set_dates.get(day)) for day in sorted(names)]


def time_off_ahead(coach: Coach, at: datetime):
    """Time off to come, each with the sessions that stay booked in it."""
    periods = list(coach.time_off.not_over(at).order_by("starts_at", "pk"))
    if not periods:
        return []
    upcoming = CoachingSession.objects.filter(coach=coach).upcoming(at).select_related("client")
    booked = list(upcoming)
    return [(period, sessions_in(period, booked, coach)) for period in periods]


def sessions_in(
    period: TimeOff, booked: Iterable[CoachingSession], coach: Coach
) -> list[CoachingSession]:
    """Those of the booked sessions that fall into this time off, in whichever year."""
    zone = ZoneInfo(coach.time_zone)
    asked = period.starts_at, period.ends_at, period.recurrence
    return [
        each
        for each in booked
        if any(recurring_time_off.periods(*asked, zone=zone, window=(each.starts_at, each.ends_at)))
    ]


@dataclass(frozen=True)
class PreviewDay:
    """A date with free times, in words: from when to when sessions can start."""

    date: date
    times: list[str]

    @property
    def count(self):
        return len(self.times)

    @property
    def first(self):
        return self.times[0]

    @property
    def last(self):
        return self.times[-1]


@dataclass(frozen=True)
class Preview:
    minutes: int
    places: list[tuple[str, list[PreviewDay]]]  # a location's label, empty for all of them


def preview(
    coach: Coach, *, at: datetime, rules: BookingRules, supposed: Supposed = STORED
) -> Preview:
    """The times of the next two weeks that clients would be offered."""
    lengths = pricing.offered_lengths(coach, rules)
    minutes = next((each for each in lengths if each != pricing.INTRODUCTION_MINUTES), lengths[0])

    def days(location: str) -> list[PreviewDay]:
        starts = slot_queries.open_slots(
            coach,
            minutes=minutes,
            since=at,
            until=at + PREVIEW,
            at=at,
            location=location,
            stored=rules,
            supposed=supposed,
        )
        zone = coach.time_zone
        found = groupby(starts, key=lambda start: local_date(start, zone))
        return [PreviewDay(day, [formatting.clock(s, zone) for s in each]) for day, each in found]

    each_place = [(place.label, days(place)) for place in pricing.offered_locations(rules)]
    if all(found == each_place[0][1] for _, found in each_place):
        each_place = [("", each_place[0][1])] if each_place else []
    return Preview(minutes, each_place)


def supposed_shifts(given: Sequence[shifts.GivenShift]) -> list[free_times.Shift]:
    return [
        free_times.Shift(shift[0], shift[1], tuple(shifts.locations_of(shift))) for shift in given
    ]
