"""What a coach's calendar says: reads what matters to a range, and asks `availability` about it.

The list of times and the check inside a booking's transaction both come through `open_slots`,
so that what is offered and what is accepted cannot differ. One query for each kind of row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays
from django.db.models import QuerySet, Value

from bookings import pricing
from bookings.availability import free_times, recurring_time_off
from bookings.models import BookingRules, BusyTime, CoachingSession, DateOverride, TimeOff
from bookings.models.session_queries import CoachingSessionQuerySet
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
    rows = _session_rows(coach, window, at, requester)
    return free_times.open_slots(
        minutes=minutes,
        since=since,
        until=until,
        at=at,
        rules=rules,
        hours=supposed.applied_to(hours_between(coach, stored, first, last)),
        sessions=[free_times.Occupied(*row[:3]) for row in rows if row[3]],
        closed=_away(coach, window)
        + [*supposed.away]
        + [free_times.Period(*row[:2]) for row in rows if not row[3]],
        locations=[location] if location else pricing.offered_locations(stored),
    )


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
    weekly: dict[int, list[free_times.Shift]] = {}
    overrides: dict[date, list[free_times.Shift]] = {}
    columns = ("starts", "ends", "locations")
    for weekday, begins, until, locations in coach.weekly_hours.values_list("weekday", *columns):
        shift = free_times.Shift(begins, until, tuple(locations))
        weekly.setdefault(weekday, []).append(shift)
    rows = DateOverride.objects.filter(coach=coach).between(first, last)
    for day, starts, ends, locations in rows.values_list("date", *columns):
        shifts = overrides.setdefault(day, [])
        if starts is not None and ends is not None:
            shifts.append(free_times.Shift(starts, ends, tuple(locations)))
    years = () if rules.opens_on_bank_holidays else range(first.year, last.year + 1)
    closed = frozenset().union(*(bank_holidays(year) for year in years))
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


def _away(coach: Coach, window: tuple[datetime, datetime]) -> list[free_times.Period]:
    """Time off and busy time, in one query."""
    time_off = TimeOff.objects.filter(coach=coach).reaching(*window).order_by()
    busy = BusyTime.objects.filter(coach=coach).overlapping(*window).order_by()
    rows = time_off.values_list("starts_at", "ends_at", "recurrence").union(
        busy.values_list("starts_at", "ends_at", Value("")), all=True
    )
    zone = ZoneInfo(coach.time_zone)
    return [
        free_times.Period(*period)
        for starts_at, ends_at, recurrence in rows
        for period in recurring_time_off.periods(
            starts_at, ends_at, recurrence, zone=zone, window=window
        )
    ]


def time_off_between(coach: Coach, window: tuple[datetime, datetime]) -> list[free_times.Period]:
    """The periods of time off that overlap the window, those of every year among them."""
    zone = ZoneInfo(coach.time_zone)
    return [
        free_times.Period(*period)
        for each in TimeOff.objects.filter(coach=coach).reaching(*window)
        for period in recurring_time_off.periods(
            each.starts_at, each.ends_at, each.recurrence, zone=zone, window=window
        )
    ]


def _session_rows(
    coach: Coach,
    window: tuple[datetime, datetime],
    at: datetime,
    requester: Requester,
) -> list[tuple[datetime, datetime, datetime, bool]]:
    """(starts_at, ends_at, free_again_at, is this coach's) of what is taken, in one query.

    Holds are few: whether one of them counts is decided here, not in the database.
    """
    client, moving = requester.client, requester.moving
    live = CoachingSession.objects.live()
    people = [coach.user_id] if client is None else [coach.user_id, client.pk]
    as_client = live.filter(client__in=people).exclude(coach=coach).overlapping(*window)
    elsewhere = [as_client]
    if client is not None:
        elsewhere.append(live.filter(coach__user=client).exclude(coach=coach).occupying(*window))
    rows = _columns(CoachingSession.objects.filter(coach=coach).occupying(*window))
    rows = rows.union(*map(_columns, elsewhere), all=True)

    def is_taken(
        key: int, status: str, held_until: datetime, holder: str, person: int | None
    ) -> bool:
        if moving is not None and key == moving.pk:
            return False
        if status != CoachingSession.Status.HELD:
            return True
        return held_until > at and not requester.holds(holder, person)

    return [(*row[:3], row[3] == coach.pk) for row in rows if is_taken(*row[4:])]


def _columns(sessions: CoachingSessionQuerySet) -> QuerySet:
    period = ("starts_at", "ends_at", "free_again_at", "coach")
    hold = ("pk", "status", "held_until", "visitor_key", "client")
    return sessions.order_by().values_list(*period, *hold)
