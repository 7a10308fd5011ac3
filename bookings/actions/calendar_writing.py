"""Sessions as events in the calendar that a coach has chosen.

Each has one address there, made from its UID, and is made only where nothing is (If-None-Match) and
changed only as we know it (If-Match): an answer that was lost loses and doubles none.
"""

import contextlib
from datetime import UTC, datetime

from icalendar import Calendar, Event

from bookings.actions.calendar_changes import ask_about, ask_about_deletion
from bookings.connections import events
from bookings.connections.caldav import event_url
from bookings.connections.providers import ChangedThere, EventThere, Provider
from bookings.emails import invitations
from bookings.models import CalendarEntry, CoachingSession, ConnectedCalendar
from bookings.models.connections import sessions_to_write
from coaching_portal.common.feed_sources import Shows, shown_name
from coaching_portal.common.ical import PRODUCT

TITLE = "Coaching session"
MOST_AT_ONCE = 500
OURS: tuple[str, ...] = (
    "dtstart",
    "dtend",
    "duration",
    "sequence",
    "summary",
    "location",
    "url",
    "status",
)
OURS += ("dtstamp", "transp", "rrule", "rdate", "exdate")


def write_sessions(*, calendar: ConnectedCalendar, provider: Provider, at: datetime) -> None:
    """Bring the calendar to what is booked; each session in a request or two of its own."""
    sessions = list(sessions_to_write(calendar, at)[:MOST_AT_ONCE])
    if sessions:
        _read_again(calendar)
    for session in sessions:
        entry, _ = CalendarEntry.objects.get_or_create(calendar=calendar, session=session)
        entry.session = session
        # Changed between two requests of ours: it is looked at again at the next sync.
        with contextlib.suppress(ChangedThere):
            if session.was_cancelled:
                _delete(entry, provider)
            else:
                _write(entry, provider, at)


def _read_again(calendar: ConnectedCalendar) -> None:
    """Some servers name a version by its content: undone there, it would look like the old one."""
    ConnectedCalendar.objects.filter(pk=calendar.pk).update(version="")


def remove_sessions(*, calendar: ConnectedCalendar, provider: Provider, at: datetime) -> None:
    """Sessions to come are not for this calendar any more."""
    ahead = calendar.entries.filter(is_deleted=False, session__ends_at__gt=at)
    for entry in ahead.select_related("session", "calendar")[:MOST_AT_ONCE]:
        with contextlib.suppress(ChangedThere):
            _delete(entry, provider)


def _write(entry: CalendarEntry, provider: Provider, at: datetime) -> None:
    url = _url(entry)
    there = provider.read(url) if entry.etag else None
    if entry.etag and there is None:
        return ask_about_deletion(entry=entry, at=at)
    if there and there.etag != entry.etag and ask_about(entry=entry, there=there, at=at):
        return None
    try:
        etag = _put(provider, url, there, entry, at)
    except ChangedThere:
        # Ours, whose answer was lost: nothing else has this address.
        if entry.etag:
            raise
        there = provider.read(url)
        if there is None:
            raise
        etag = _put(provider, url, there, entry, at)
    session = entry.session
    if session.starts_at != entry.starts_at_written:
        CalendarEntry.objects.filter(pk=entry.pk).update(reply="")  # it was about another time
    CalendarEntry.objects.filter(pk=entry.pk).update(
        etag=etag,
        sequence_written=session.sequence,
        starts_at_written=session.starts_at,
        is_deleted=False,
    )
    return None


def _url(entry: CalendarEntry) -> str:
    return event_url(entry.calendar.url, invitations.uid_of(entry.session.uuid))


def _put(
    provider: Provider,
    url: str,
    there: EventThere | None,
    entry: CalendarEntry,
    at: datetime,
) -> str:
    text = event_text(entry.session, shows=entry.calendar.connection.shows, at=at, there=there)
    return provider.write(url, text, etag=there.etag if there else "")


def _delete(entry: CalendarEntry, provider: Provider) -> None:
    there = provider.read(_url(entry))
    if there:
        provider.delete(there.url, etag=there.etag)
    CalendarEntry.objects.filter(pk=entry.pk).update(
        etag="",
        sequence_written=entry.session.sequence,
        is_deleted=True,
        question="",
        asked_at=None,
        moved_to=None,
    )


def event_text(
    session: CoachingSession, *, shows: str, at: datetime, there: EventThere | None = None
) -> str:
    """The session in what is there already: notes and alarms that the coach added stay."""
    uid = invitations.uid_of(session.uuid)
    calendar = events.parsed(there.text) if there else None
    event = events.event_in(calendar, uid)
    if calendar is None or event is None:
        calendar, event = _new(uid)
    if there and getattr(event.get("dtstart"), "dt", None) != session.starts_at:
        _forget_replies(event)
    for name in OURS:
        event.pop(name, None)
    event.add("dtstamp", at.astimezone(UTC))
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("sequence", session.sequence)
    event.add("summary", _title(session, shows))
    event.add("url", invitations.page_of(session.uuid))
    event.add("status", "CONFIRMED")
    return calendar.to_ical().decode()


def _forget_replies(event: Event) -> None:
    """Who was invited there answered for another time (RFC 5546, section 3.2.2.1)."""
    attendees = event.get("attendee", [])
    for attendee in attendees if isinstance(attendees, list) else [attendees]:
        attendee.params["PARTSTAT"] = "NEEDS-ACTION"


def _title(session: CoachingSession, shows: str) -> str:
    """With whom, as the coach has chosen; never a topic."""
    other = session.client or session.organisation
    if shows == Shows.BUSY or other is None:
        return TITLE
    return f"{TITLE}: {shown_name(str(other), shows)}"


def _new(uid: str) -> tuple[Calendar, Event]:
    calendar, event = Calendar(), Event()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    event.add("uid", uid)
    calendar.add_component(event)
    return calendar, event
