"""What a coach, or her calendar program, has changed in the events of her sessions.

Nothing is moved or cancelled by that: the coach is asked. Replies are shown on the session.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from bookings.connections import events
from bookings.connections.caldav import event_url
from bookings.connections.providers import EventThere, Provider
from bookings.emails import invitations
from bookings.models import CalendarEntry, CoachingSession, ConnectedCalendar
from coaching_portal.common.date_fields import FIRST_MOMENT, LAST_MOMENT

Question = CalendarEntry.Question


def note_changes(
    *, calendar: ConnectedCalendar, found: list[EventThere], provider: Provider, at: datetime
) -> None:
    """Compare what was written with what is there, for sessions to come."""
    there = {event.url: event for event in found}
    for entry in _entries(calendar, at):
        url = event_url(calendar.url, invitations.uid_of(entry.session.uuid))
        current = there.get(url)
        if current and current.etag == entry.etag and not entry.question:
            continue
        current = current or provider.read(url)
        if current is None:
            ask_about_deletion(entry=entry, at=at)
        elif not ask_about(entry=entry, there=current, at=at):
            _reread(entry, current)


def _entries(calendar: ConnectedCalendar, at: datetime) -> list[CalendarEntry]:
    """Of sessions that are there as they are booked; others are written first."""
    written = calendar.entries.filter(is_deleted=False, sequence_written__isnull=False)
    ahead = written.filter(session__status=CoachingSession.Status.BOOKED, session__starts_at__gt=at)
    rows = ahead.select_related("session__coach__user", "session__client", "calendar")
    return [row for row in rows if row.sequence_written == row.session.sequence]


def ask_about(*, entry: CalendarEntry, there: EventThere, at: datetime) -> bool:
    """Whether the event starts neither where the session does nor where it did: then ask."""
    session = entry.session
    event = events.event_of(there.text, invitations.uid_of(session.uuid))
    if event is None or str(event.get("status", "")).upper() == "CANCELLED":
        _ask(entry, Question.DELETED, at)
        return True
    starts_at, _ = events.period_of(event, ZoneInfo(session.coach.time_zone))
    known = (session.starts_at, entry.starts_at_written)
    if starts_at in known or not FIRST_MOMENT < starts_at < LAST_MOMENT:
        return False
    _ask(entry, Question.MOVED, at, moved_to=starts_at)
    return True


def ask_about_deletion(*, entry: CalendarEntry, at: datetime) -> None:
    _ask(entry, Question.DELETED, at)


def _ask(
    entry: CalendarEntry, question: Question, at: datetime, *, moved_to: datetime | None = None
) -> None:
    """Once for each change; a later one takes the place of the earlier."""
    if (entry.question, entry.moved_to) != (question, moved_to):
        CalendarEntry.objects.filter(pk=entry.pk).update(
            question=question, moved_to=moved_to, asked_at=at
        )


def _reread(entry: CalendarEntry, there: EventThere) -> None:
    """Nothing to ask (any more): know it as it is, with what was replied."""
    event = events.event_of(there.text, invitations.uid_of(entry.session.uuid))
    CalendarEntry.objects.filter(pk=entry.pk).update(
        etag=there.etag,
        reply=_reply(event, entry.session),
        question="",
        moved_to=None,
        asked_at=None,
    )


def _reply(event: events.Event | None, session: CoachingSession) -> str:
    """What the client's calendar has answered; of others nothing is read."""
    attendees = event.get("attendee", []) if event is not None else []
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        email = str(attendee).lower().removeprefix("mailto:")
        answer = str(attendee.params.get("PARTSTAT", "")).upper()
        if session.client and email == session.client.mail_address.lower():
            return answer if answer in CalendarEntry.Reply.values else ""
    return ""
