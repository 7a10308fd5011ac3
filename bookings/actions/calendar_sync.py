"""The worker asks the calendars of coaches what is due: busy times are read, sessions written.

No request to a server runs inside a transaction. A connection is claimed by moving its next time
ahead, so that two workers do not ask the same; one that dies meanwhile is asked again then.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import transaction

from bookings import pricing
from bookings.actions.calendar_changes import note_changes
from bookings.actions.calendar_writing import remove_sessions, write_sessions
from bookings.actions.connections import credentials_of
from bookings.actions.locking import atomic_with_retry, lock_coach
from bookings.connections import events
from bookings.connections.caldav import CalDav
from bookings.connections.ics import IcsAddress
from bookings.connections.providers import (
    EventThere,
    NotACalendar,
    Provider,
    WrongPassword,
)
from bookings.emails import invitations
from bookings.models import BusyTime, CalendarConnection, ConnectedCalendar
from bookings.models.connections import EVERY
from coaching_portal.common import public_web
from coaching_portal.common.dates import DAY, local_date, local_midnight
from profiles.models import Coach

logger = logging.getLogger(__name__)
Problem = CalendarConnection.Problem
CLAIMED_FOR = timedelta(minutes=3)
SECONDS_OF_A_RUN = 20
MARGIN = timedelta(days=31)
PROBLEMS: dict[type[Exception], Problem] = {
    public_web.UnsafeAddress: Problem.UNSAFE,
    public_web.Unreachable: Problem.UNREACHABLE,
    public_web.TooLarge: Problem.TOO_LARGE,
    SoftTimeLimitExceeded: Problem.TOO_LARGE,
    NotACalendar: Problem.UNREADABLE,
}


def provider_for(connection: CalendarConnection) -> Provider:
    kinds: dict[str, Callable[..., Provider]] = {
        CalendarConnection.Kind.CALDAV: CalDav,
        CalendarConnection.Kind.ICS: IcsAddress,
    }
    return kinds[connection.kind](credentials_of(connection))


def sync_due(*, at: datetime) -> int:
    """Ask what is due, for some seconds; the rest is due at the next run. How many were asked."""
    ends = time.monotonic() + SECONDS_OF_A_RUN
    number = 0
    while time.monotonic() < ends:
        connection = _claim(at)
        if connection is None:
            break
        sync(connection=connection, at=at)
        number += 1
    return number


@transaction.atomic
def _claim(at: datetime) -> CalendarConnection | None:
    due = CalendarConnection.objects.due(at).select_for_update(skip_locked=True, of=("self",))
    connection = due.select_related("coach__user").first()
    if connection:
        connection.next_sync_at = at + CLAIMED_FOR
        connection.save(update_fields=["next_sync_at"])
    return connection


def sync(*, connection: CalendarConnection, at: datetime) -> None:
    """Read busy times, note what was changed there, write what has changed here."""
    try:
        provider = provider_for(connection)
        _find_calendars(connection, provider)
        _read(connection, provider, at)
        for calendar in connection.calendars.filter(gets_sessions=True):
            write_sessions(calendar=calendar, provider=provider, at=at)
        for calendar in connection.calendars.filter(gets_sessions=False, can_write=True):
            remove_sessions(calendar=calendar, provider=provider, at=at)
    except WrongPassword:
        is_account = connection.is_caldav
        _failed(connection, Problem.PASSWORD if is_account else Problem.GONE, at)
    except tuple(PROBLEMS) as error:
        _failed(connection, PROBLEMS[type(error)], at)
    except Exception:  # whatever a calendar may contain, other coaches' are asked
        logger.exception("A calendar connection broke.")
        _failed(connection, Problem.UNREADABLE, at)
    else:
        _went_well(connection, at)


def _find_calendars(connection: CalendarConnection, provider: Provider) -> None:
    """At the first time, and after a problem: the account's calendars may be others by now."""
    if connection.calendars.exists() and not connection.problem:
        return
    rows = [
        ConnectedCalendar(
            connection=connection, url=each.url, name=each.name, can_write=each.can_write
        )
        for each in provider.calendars()
    ]
    ConnectedCalendar.objects.bulk_create(rows, ignore_conflicts=True)


def _read(connection: CalendarConnection, provider: Provider, at: datetime) -> None:
    """Read the calendars anew where one of them has changed, or another day has begun."""
    coach = connection.coach
    since, until = _span(coach, at)
    calendars = list(connection.calendars.order_by("pk"))
    used = [each for each in calendars if each.blocks or each.gets_sessions]
    versions = {each.pk: _version(provider, each, since) for each in used}
    if all(each.version and each.version == versions[each.pk] for each in used) and used:
        return
    found = {each.pk: provider.events(each.url, since, until) for each in used}
    for calendar in used:
        if calendar.gets_sessions:
            note_changes(calendar=calendar, found=found[calendar.pk], provider=provider, at=at)
    blocking = [event for each in used if each.blocks for event in found[each.pk]]
    save_busy_times(connection=connection, periods=_periods(blocking, coach, since, until))
    for calendar in used:
        stored = ConnectedCalendar.objects.filter(pk=calendar.pk, version=calendar.version)
        stored.update(version=versions[calendar.pk])


def _span(coach: Coach, at: datetime) -> tuple[datetime, datetime]:
    """From yesterday to a month behind the last day that can be booked: whole days."""
    today = local_midnight(local_date(at, coach.time_zone), coach.time_zone)
    horizon = timedelta(days=pricing.booking_rules_for(coach).horizon_days)
    return today - DAY, today + horizon + MARGIN


def _version(provider: Provider, calendar: ConnectedCalendar, since: datetime) -> str:
    """The calendar's version on this day; what was read on another is read again."""
    day = f" {since:%Y-%m-%d}"
    is_of_today = calendar.version.endswith(day)
    known = calendar.version.removesuffix(day) if is_of_today else ""
    version = provider.version(calendar.url, known)
    return f"{version}{day}"[:500] if version else ""


def _periods(
    found: list[EventThere], coach: Coach, since: datetime, until: datetime
) -> list[events.Period]:
    texts = [event.text for event in found]
    return events.busy_periods(
        texts, since=since, until=until, zone=coach.time_zone, own_host=invitations.host()
    )


@atomic_with_retry
def save_busy_times(*, connection: CalendarConnection, periods: list[events.Period]) -> None:
    """Write the differences only: who has free times in mind asks again after each change."""
    lock_coach(connection.coach)
    if not CalendarConnection.objects.filter(pk=connection.pk).exists():
        return  # disconnected meanwhile
    rows = BusyTime.objects.filter(connection=connection)
    stored = {(row.starts_at, row.ends_at): row.pk for row in rows}
    wanted = set(periods)
    gone = [key for period, key in stored.items() if period not in wanted]
    if gone:
        rows.filter(pk__in=gone).delete()
    BusyTime.objects.bulk_create(
        BusyTime(coach_id=connection.coach_id, connection=connection, starts_at=start, ends_at=end)
        for start, end in sorted(wanted - stored.keys())
    )


def _went_well(connection: CalendarConnection, at: datetime) -> None:
    _finish(
        connection,
        next_sync_at=at + EVERY,
        synced_at=at,
        problem="",
        failing_since=None,
        failures=0,
    )


def _failed(connection: CalendarConnection, problem: Problem, at: datetime) -> None:
    """Ask less and less often; what was read last goes on blocking."""
    logger.warning("A calendar connection failed: %s.", problem.value)
    since = connection.failing_since or at
    _finish(
        connection,
        next_sync_at=at + connection.wait_after_failure(),
        problem=problem,
        failing_since=since,
        failures=connection.failures + 1,
    )


def _finish(connection: CalendarConnection, **fields: object) -> None:
    """Unless it was changed meanwhile (a new password, say): then it is due again already."""
    same = CalendarConnection.objects.filter(pk=connection.pk, next_sync_at=connection.next_sync_at)
    same.update(**fields)
