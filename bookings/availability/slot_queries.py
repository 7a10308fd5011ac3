"""What a coach's calendar says: reads what matters to a range, and asks `availability` about it.

The list of times and the check inside a booking's transaction both come through `open_slots`,
so that what is offered and what is accepted cannot differ.

The rows are read each time. What follows from them is kept by these very rows and everything else
that it follows from: when any of them changes the question is another one, and nothing kept can
be stale. What the time is now (notice, horizon, holds that run out) is applied afterwards or is
among the rows.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bookings import pricing
from bookings.availability import free_times, recurring_time_off, slot_rows
from bookings.models import BookingRules, CoachingSession, TimeOff
from coaching_portal.common.dates import local_date, local_midnight
from profiles.models import Coach, User

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEYOND_ANY_HORIZON = 732 * DAY


@dataclass(frozen=True)
class Requester:
    """Who asks for free times, and the session that they move, if they do.

    What this visitor or client holds, and the session being moved, do not count as taken; what the
    client does elsewhere does.
    """

    visitor_key: str = ""
    client: User | None = None
    moving: CoachingSession | None = None

    def holds(self, visitor_key: str, client_pk: int | None) -> bool:
        """Whether a hold with this visitor's key, or for this client, is their own."""
        is_of_their_browser = bool(visitor_key) and visitor_key == self.visitor_key
        return is_of_their_browser or (self.client is not None and self.client.pk == client_pk)


ANYBODY = Requester()


@dataclass(frozen=True)
class Supposed:
    """Hours that are not saved yet, to see what clients would be offered."""

    weekly: Mapping[int, Sequence[free_times.Shift]] | None = None
    dates: Mapping[date, Sequence[free_times.Shift]] = field(default_factory=dict)
    away: Sequence[free_times.Period] = ()

    def applied_to(self, hours: free_times.Hours) -> free_times.Hours:
        weekly = hours.weekly if self.weekly is None else self.weekly
        return replace(hours, weekly=weekly, overrides={**hours.overrides, **self.dates})


STORED = Supposed()


@dataclass(frozen=True)
class _Question:
    """Everything that the starts on some dates follow from: two that are equal have one answer."""

    minutes: int
    first: date
    last: date
    window: slot_rows.Window
    rules: free_times.SlotRules
    hours: slot_rows.HoursRows
    taken: tuple[slot_rows.TakenRow, ...]
    away: tuple[slot_rows.AwayRow, ...]
    locations: tuple[str, ...]

    def starts(self, supposed: Supposed = STORED) -> list[datetime]:
        return free_times.starts_of_days(
            self.first,
            self.last,
            minutes=self.minutes,
            rules=self.rules,
            hours=supposed.applied_to(_hours(self.hours)),
            sessions=[free_times.Occupied(*row[:3]) for row in self.taken if row[3]],
            closed=[
                *_periods(self.away, self.rules.zone, self.window),
                *supposed.away,
                *(free_times.Period(*row[:2]) for row in self.taken if not row[3]),
            ],
            locations=self.locations,
        )


@lru_cache(maxsize=32)
def _kept_starts(question: _Question) -> list[datetime]:
    return question.starts()


def open_slots(
    coach: Coach,
    *,
    minutes: int,
    since: datetime,
    until: datetime,
    at: datetime,
    location: str = "",
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
    supposed: Supposed = STORED,
) -> list[datetime]:
    """The starts in [since, until) that can be booked with this coach: sorted, in UTC.

    `location` is where the session shall be; without it, any that the coach offers will do.

    What the client and the coach do elsewhere counts as taken, whoever is the coach there. Which
    lengths may be chosen: `pricing.offered_lengths`.
    `stored` are the coach's BookingRules, where they have been read already. `supposed` is what a
    coach tries out before she saves it.
    """
    stored = stored or pricing.booking_rules_for(coach)
    rules = _rules(coach, stored)
    since = max(since, rules.earliest(at))
    until = min(until, local_midnight(rules.last_day(at) + DAY, rules.zone))
    if since >= until or not stored.accepts_bookings:
        return []
    first, last = _local_dates(since, until, rules.zone)
    window = (
        local_midnight(_first_counted(first, rules), rules.zone),
        local_midnight(_last_counted(last, rules) + DAY, rules.zone)
        + minutes * MINUTE
        + rules.buffer,
    )
    question = _Question(
        minutes=minutes,
        first=first,
        last=last,
        window=window,
        rules=rules,
        hours=_hours_rows(coach, stored, first, last),
        taken=_session_rows(coach, window, at, requester),
        away=_away_rows(coach, window),
        locations=(location,) if location else tuple(pricing.offered_locations(stored)),
    )
    if supposed is not STORED or until - since < DAY:  # asked once
        starts = question.starts(supposed)
    else:
        starts = _kept_starts(question)
    return list(starts[bisect_left(starts, since) : bisect_left(starts, until)])


def is_open(
    coach: Coach,
    *,
    starts_at: datetime,
    minutes: int,
    at: datetime,
    location: str = "",
    requester: Requester = ANYBODY,
    stored: BookingRules | None = None,
) -> bool:
    """Whether `open_slots` offers exactly this start."""
    found = open_slots(
        coach,
        minutes=minutes,
        since=starts_at,
        until=starts_at + timedelta.resolution,
        at=at,
        location=location,
        requester=requester,
        stored=stored,
    )
    return starts_at in found


def hours_between(coach: Coach, rules: BookingRules, first: date, last: date) -> free_times.Hours:
    """The hours of the local dates first to last, as overrides and bank holidays leave them."""
    return _hours(_hours_rows(coach, rules, first, last))


def _hours_rows(coach: Coach, rules: BookingRules, first: date, last: date) -> slot_rows.HoursRows:
    shifts = slot_rows.HOURS.all(coach=coach.pk, first=first, last=last)
    years = () if rules.opens_on_bank_holidays else range(first.year, last.year + 1)
    closed = frozenset[date]().union(*(bank_holidays(year) for year in years))
    return tuple((*shift[:4], tuple(shift[4])) for shift in shifts), closed


def _hours(rows: slot_rows.HoursRows) -> free_times.Hours:
    shifts, closed = rows
    weekly: dict[int, list[free_times.Shift]] = {}
    overrides: dict[date, list[free_times.Shift]] = {}
    for weekday, day, starts, ends, locations in shifts:
        of_day = overrides.setdefault(day, []) if day else weekly.setdefault(weekday, [])
        if starts is not None and ends is not None:
            of_day.append(free_times.Shift(starts, ends, locations))
    return free_times.Hours(weekly, overrides, closed)


@lru_cache(maxsize=16)
def bank_holidays(year: int) -> frozenset[date]:
    """The dates of the bank holidays in England and Wales."""
    return frozenset(bank_holiday_names(year))


@lru_cache(maxsize=16)
def bank_holiday_names(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year, language="en_GB"))


def _rules(coach: Coach, stored: BookingRules) -> free_times.SlotRules:
    return free_times.SlotRules(
        zone=ZoneInfo(coach.time_zone),
        grid_minutes=stored.grid_minutes,
        minimum_notice_minutes=stored.minimum_notice_minutes,
        horizon_days=stored.horizon_days,
        buffer_minutes=stored.buffer_minutes,
        most_sessions_a_day=stored.most_sessions_a_day,
        most_minutes_a_day=stored.most_minutes_a_day,
        most_sessions_a_week=stored.most_sessions_a_week,
        most_minutes_a_week=stored.most_minutes_a_week,
    )


def _first_counted(day: date, rules: free_times.SlotRules) -> date:
    """The first date whose sessions count: with a weekly limit the whole week's do."""
    return free_times.monday_of(day) if rules.limits_weeks else day


def _last_counted(day: date, rules: free_times.SlotRules) -> date:
    return free_times.monday_of(day) + 6 * DAY if rules.limits_weeks else day


def _local_dates(since: datetime, until: datetime, zone: ZoneInfo) -> tuple[date, date]:
    end = until - timedelta.resolution
    return local_date(since, zone), local_date(end, zone)


def _away_rows(coach: Coach, window: slot_rows.Window) -> tuple[slot_rows.AwayRow, ...]:
    """Time off and busy time, in one query."""
    return tuple(slot_rows.AWAY.all(coach=coach.pk, since=window[0], until=window[1]))


def _periods(
    rows: Iterable[slot_rows.AwayRow], zone: ZoneInfo, window: slot_rows.Window
) -> Iterator[free_times.Period]:
    for starts_at, ends_at, recurrence in rows:
        for period in recurring_time_off.periods(
            starts_at, ends_at, recurrence, zone=zone, window=window
        ):
            yield free_times.Period(*period)


def time_off_between(coach: Coach, window: slot_rows.Window) -> list[free_times.Period]:
    """The periods of time off that overlap the window, those of every year among them."""
    found = TimeOff.objects.filter(coach=coach).reaching(*window)
    rows = found.values_list("starts_at", "ends_at", "recurrence")
    return list(_periods(rows, ZoneInfo(coach.time_zone), window))


def _session_rows(
    coach: Coach, window: slot_rows.Window, at: datetime, requester: Requester
) -> tuple[slot_rows.TakenRow, ...]:
    """What is taken, in one query.

    Holds are few: whether one of them counts is decided here, not in the database.
    """
    client, moving = requester.client, requester.moving
    asked = {
        "coach": coach.pk,
        "person": coach.user_id,
        "since": window[0],
        "until": window[1],
    }
    if client is None:
        rows = slot_rows.SESSIONS.all(**asked)
    else:
        rows = slot_rows.SESSIONS_AND_THE_CLIENTS.all(client=client.pk, **asked)

    def is_taken(
        key: int, status: str, held_until: datetime, holder: str, person: int | None
    ) -> bool:
        if moving is not None and key == moving.pk:
            return False
        if status != CoachingSession.Status.HELD:
            return True
        return held_until > at and not requester.holds(holder, person)

    return tuple((*row[:3], row[3] == coach.pk) for row in rows if is_taken(*row[4:]))
