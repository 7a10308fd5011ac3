"""A coach connects calendars elsewhere, chooses what they do, and answers what they ask.

Nothing here speaks with a server: that is the worker's (`calendar_sync.py`), in its own time.
"""

import json
from collections.abc import Collection
from datetime import datetime

from bookings.actions import changes
from bookings.actions.locking import atomic_with_retry, lock_coach
from bookings.connections.providers import Credentials
from bookings.models import CalendarConnection, CalendarEntry
from coaching_portal.common import vault
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach, User

MOST_CONNECTIONS = 8


class TooManyConnections(Refusal):
    pass


class AlreadyAnswered(Refusal):
    def __init__(self, message: str = "That question is answered already.") -> None:
        super().__init__(message)


def sealed(credentials: Credentials) -> bytes:
    return vault.encrypt(json.dumps(vars(credentials)).encode())


def credentials_of(connection: CalendarConnection) -> Credentials:
    return Credentials(**json.loads(vault.decrypt(bytes(connection.secret))))


@atomic_with_retry
def connect(
    *, coach: Coach, kind: str, label: str, credentials: Credentials, at: datetime
) -> CalendarConnection:
    """A connection that the worker asks within a minute; or raise TooManyConnections."""
    lock_coach(coach)
    if CalendarConnection.objects.of(coach).count() >= MOST_CONNECTIONS:
        raise TooManyConnections(
            f"You have {MOST_CONNECTIONS} connections. Disconnect one you no longer use."
        )
    return CalendarConnection.objects.create(
        coach=coach,
        kind=kind,
        label=label,
        secret=sealed(credentials),
        created_at=at,
        next_sync_at=at,
    )


@atomic_with_retry
def change_password(*, connection: CalendarConnection, password: str, at: datetime) -> None:
    """Another password for the same account; it is tried at once."""
    connection = _locked(connection)
    old = credentials_of(connection)
    connection.secret = sealed(Credentials(old.address, old.username, password))
    connection.next_sync_at = at
    connection.save(update_fields=["secret", "next_sync_at"])


@atomic_with_retry
def choose_calendars(
    *,
    connection: CalendarConnection,
    blocking: Collection[int],
    gets_sessions: int | None,
    shows: str,
    at: datetime,
) -> None:
    """Which calendars block, which one gets sessions, and whose name stands there."""
    connection = _locked(connection)
    calendars = connection.calendars.all()
    # Read all again: what no longer blocks has its busy times in the others' rows.
    calendars.update(version="", gets_sessions=False)
    calendars.filter(pk__in=blocking).update(blocks=True)
    calendars.exclude(pk__in=blocking).update(blocks=False)
    if gets_sessions is not None:
        calendars.filter(pk=gets_sessions, can_write=True).update(gets_sessions=True)
    if connection.shows != shows:
        entries = CalendarEntry.objects.filter(calendar__connection=connection)
        entries.update(sequence_written=None)
    connection.shows, connection.next_sync_at = shows, at
    connection.save(update_fields=["shows", "next_sync_at"])


@atomic_with_retry
def disconnect(*, connection: CalendarConnection) -> None:
    """Forget it with its password and busy times. What is written there stays there."""
    lock_coach(connection.coach)
    connection.delete()


@atomic_with_retry
def keep_session(*, entry: CalendarEntry) -> None:
    """The session stays as it is booked; the calendar is set right at the next sync."""
    entry = _question(entry)
    _close(entry)


def move_as_there(*, entry: CalendarEntry, by: User, at: datetime) -> None:
    """Move the session to where the coach has moved it in her calendar."""
    if not entry.was_moved or entry.moved_to is None:
        raise AlreadyAnswered
    changes.move(session=entry.session, starts_at=entry.moved_to, by=by, at=at, outside_hours=True)
    keep_session(entry=entry)


def cancel_as_there(*, entry: CalendarEntry, by: User, at: datetime) -> None:
    """Cancel the session that the coach has deleted in her calendar."""
    if entry.question != CalendarEntry.Question.DELETED:
        raise AlreadyAnswered
    changes.cancel(session=entry.session, by=by, at=at)
    keep_session(entry=entry)


def _question(entry: CalendarEntry) -> CalendarEntry:
    entry = CalendarEntry.objects.select_for_update().get(pk=entry.pk)
    if not entry.question:
        raise AlreadyAnswered
    return entry


def _close(entry: CalendarEntry) -> None:
    entry.question, entry.moved_to, entry.asked_at = "", None, None
    # So that it is written again, whatever is there.
    entry.sequence_written, entry.etag = None, ""
    entry.save(update_fields=["question", "moved_to", "asked_at", "sequence_written", "etag"])


def _locked(connection: CalendarConnection) -> CalendarConnection:
    lock_coach(connection.coach)
    return CalendarConnection.objects.select_for_update().get(pk=connection.pk)
