"""The rows that free times follow from: one query for hours, one for absences, one for sessions."""

from datetime import date, datetime
from typing import Any

from django.db.models import DateField, Q, QuerySet, Value

from bookings.models import BusyTime, CoachingSession, DateOverride, TimeOff, WeeklyHours
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common.prepared_queries import PreparedQuery

Window = tuple[datetime, datetime]
# The rows as they are kept.
TakenRow = tuple[datetime, datetime, datetime, bool]  # until it is free again; is this coach's
AwayRow = tuple[datetime, datetime, str]
HoursRows = tuple[tuple[tuple[Any, ...], ...], frozenset[date]]  # shifts, and bank holidays


def _query_hours(coach: Any, first: Any, last: Any) -> QuerySet:
    """(weekday, date, starts, ends, locations): weekly hours without a date, overrides with one."""
    columns = ("starts", "ends", "locations")
    no_date = Value(None, output_field=DateField())
    weekly = WeeklyHours.objects.filter(coach=coach).order_by()
    overrides = DateOverride.objects.filter(coach=coach).between(first, last).order_by()
    return weekly.values_list("weekday", no_date, *columns).union(
        overrides.values_list(Value(-1), "date", *columns), all=True
    )


def _query_away(coach: Any, since: Any, until: Any) -> QuerySet:
    time_off = TimeOff.objects.filter(coach=coach).reaching(since, until).order_by()
    busy = BusyTime.objects.filter(coach=coach).overlapping(since, until).order_by()
    return time_off.values_list("starts_at", "ends_at", "recurrence").union(
        busy.values_list("starts_at", "ends_at", Value("")), all=True
    )


def _query_sessions(coach: Any, person: Any, since: Any, until: Any) -> QuerySet:
    """The coach's, and what she attends as a client of others."""
    as_client = CoachingSession.objects.live().filter(client=person)
    return _columns(CoachingSession.objects.filter(coach=coach).occupying(since, until)).union(
        _columns(as_client.exclude(coach=coach).overlapping(since, until)), all=True
    )


def _query_sessions_and_the_clients(
    coach: Any, person: Any, client: Any, since: Any, until: Any
) -> QuerySet:
    live = CoachingSession.objects.live()
    as_client = live.filter(Q(client=person) | Q(client=client))
    as_coach = live.filter(coach__user=client).exclude(coach=coach).occupying(since, until)
    return _columns(CoachingSession.objects.filter(coach=coach).occupying(since, until)).union(
        _columns(as_client.exclude(coach=coach).overlapping(since, until)),
        _columns(as_coach),
        all=True,
    )


def _columns(sessions: CoachingSessionQuerySet) -> QuerySet:
    period = ("starts_at", "ends_at", "free_again_at", "coach")
    hold = ("pk", "status", "held_until", "visitor_key", "client")
    return sessions.order_by().values_list(*period, *hold)


HOURS = PreparedQuery(_query_hours)
AWAY = PreparedQuery(_query_away)
SESSIONS = PreparedQuery(_query_sessions)
SESSIONS_AND_THE_CLIENTS = PreparedQuery(_query_sessions_and_the_clients)
