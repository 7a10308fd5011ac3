"""What a coach's calendar says: reads what matters to a range, and asks `availability` about it.

The list of times and the check inside a booking's transaction both come through `open_slots`,
so that what is offered and what is accepted cannot differ. One query for each kind of row.
"""

from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from bookings import pricing
from bookings.availability import free_times
from bookings.models import BusyTime, CoachingSession, DateOverride, TimeOff
from coaching_portal.common.dates import local_date, local_midnight

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEYOND_ANY_HORIZON = 732 * DAY


def open_slots(
    coach,
    *,
    minutes,
    since,
    until,
    at,
    visitor_key="",
    client=None,
    moving=None,
    stored=None,
):
    """The starts in [since, until) that can be booked with this coach: sorted, in UTC.

    Holds of this visitor or client, and the session being moved, do not count as taken; what the
    client and the coach do elsewhere does, whoever is the coach there. Which lengths may be chosen:
    `terms.offered_lengths`.
    `stored` are the coach's BookingRules, where they have been read already.
    """
    stored = stored or pricing.booking_rules_for(coach)
    rules = _rules(coach, stored)
    since = max(since, rules.earliest(at))
    until = min(until, local_midnight(rules.last_day(at) + DAY, rules.zone))
    if since >= until or not stored.accepts_bookings:
        return []
    first, last = _local_dates(since, until, rules.zone)
    window = (
        local_midnight(first, rules.zone),
        local_midnight(last + DAY, rules.zone) + minutes * MINUTE + rules.buffer,
    )
    rows = _session_rows(coach, window, at, visitor_key, client, moving)
    return free_times.open_slots(
        minutes=minutes,
        since=since,
        until=until,
        at=at,
        rules=rules,
        hours=hours_between(coach, stored, first, last),
        sessions=[free_times.Occupied(*row[:3]) for row in rows if row[3]],
        closed=_away(coach, window) + [free_times.Period(*row[:2]) for row in rows if not row[3]],
    )


def is_open(coach, *, starts_at, minutes, at, **whose):
    """Whether `open_slots` offers exactly this start."""
    until = starts_at + timedelta.resolution
    found = open_slots(coach, minutes=minutes, since=starts_at, until=until, at=at, **whose)
    return starts_at in found


def hours_between(coach, rules, first, last):
    """The hours of the local dates first to last, as overrides and bank holidays leave them."""
    weekly, overrides = {}, {}
    for weekday, *shift in coach.weekly_hours.values_list("weekday", "starts", "ends"):
        weekly.setdefault(weekday, []).append(free_times.Shift(*shift))
    rows = DateOverride.objects.filter(coach=coach).between(first, last)
    for day, starts, ends in rows.values_list("date", "starts", "ends"):
        shifts = overrides.setdefault(day, [])
        if starts is not None:
            shifts.append(free_times.Shift(starts, ends))
    years = () if rules.opens_on_bank_holidays else range(first.year, last.year + 1)
    closed = frozenset().union(*(bank_holidays(year) for year in years))
    return free_times.Hours(weekly, overrides, closed)


@lru_cache(maxsize=16)
def bank_holidays(year):
    """The dates of England's bank holidays."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def _rules(coach, stored):
    return free_times.SlotRules(
        zone=ZoneInfo(coach.time_zone),
        grid_minutes=stored.grid_minutes,
        minimum_notice_minutes=stored.minimum_notice_minutes,
        horizon_days=stored.horizon_days,
        buffer_minutes=stored.buffer_minutes,
        most_sessions_a_day=stored.most_sessions_a_day,
        most_minutes_a_day=stored.most_minutes_a_day,
    )


def _local_dates(since, until, zone):
    end = until - timedelta.resolution
    return local_date(since, zone), local_date(end, zone)


def _away(coach, window):
    """Time off and busy time, in one query."""
    time_off, busy = (
        kind.objects.filter(coach=coach).overlapping(*window).order_by()
        for kind in (TimeOff, BusyTime)
    )
    columns = ("starts_at", "ends_at")
    rows = time_off.values_list(*columns).union(busy.values_list(*columns), all=True)
    return [free_times.Period(*row) for row in rows]


def _session_rows(coach, window, at, visitor_key, client, moving):
    """(starts_at, ends_at, free_again_at, is this coach's) of what is taken, in one query.

    Holds are few: whether one of them counts is told here rather than asked of the database.
    """
    live = CoachingSession.objects.live()
    people = [coach.user_id] if client is None else [coach.user_id, client.pk]
    as_client = live.filter(client__in=people).exclude(coach=coach).overlapping(*window)
    elsewhere = [as_client]
    if client is not None:
        elsewhere.append(live.filter(coach__user=client).exclude(coach=coach).occupying(*window))
    rows = _columns(CoachingSession.objects.filter(coach=coach).occupying(*window))
    rows = rows.union(*map(_columns, elsewhere), all=True)

    def is_taken(key, status, held_until, holder, person):
        if moving is not None and key == moving.pk:
            return False
        if status != CoachingSession.Status.HELD:
            return True
        is_own = (holder and holder == visitor_key) or (client is not None and person == client.pk)
        return held_until > at and not is_own

    return [(*row[:3], row[3] == coach.pk) for row in rows if is_taken(*row[4:])]


def _columns(sessions):
    period = ("starts_at", "ends_at", "free_again_at", "coach")
    hold = ("pk", "status", "held_until", "visitor_key", "client")
    return sessions.order_by().values_list(*period, *hold)
