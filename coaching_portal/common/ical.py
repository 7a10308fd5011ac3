"""iCalendar text from plain values, times in UTC. It knows no app; `icalendar` does the quoting."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress

PRODUCT = "-//Coaching portal//EN"
PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"


@dataclass(frozen=True)
class Entry:
    """What is put into a calendar: one or several periods under one UID."""

    uid: str
    sequence: int
    periods: list[tuple[datetime, datetime]]
    summary: str
    description: str
    url: str
    location: str = ""
    is_cancelled: bool = False


def calendar_text(
    entry: Entry,
    *,
    method: str,
    stamp: datetime,
    organiser: tuple[str, str],
    attendee: tuple[str, str] | None = None,
) -> str:
    """A VCALENDAR of one entry. `organiser` and `attendee` are (name, email address) pairs.

    REQUEST and CANCEL are mailed to the attendee: the same UID with a higher SEQUENCE changes the
    entry, or takes it away. PUBLISH is for a file, which asks nobody for an answer and so has no
    ATTENDEE (RFC 5546, section 3.2.1).

    Several periods are one VEVENT each: the first recurs at the starts of all the others, and each
    of these has its own end (RFC 5545, section 3.8.4.4). A cancellation of the whole is one VEVENT.
    """
    starts = [start.astimezone(UTC) for start, _ in entry.periods]
    calendar = _calendar(method)
    for start, (_, end) in zip(starts, entry.periods, strict=True):
        event = _event(entry, start, end.astimezone(UTC), stamp)
        event.add("organizer", _address(*organiser), encode=False)
        if attendee and method != PUBLISH:
            event.add("attendee", _attendee(*attendee), encode=False)
        if start != starts[0]:
            event.add("recurrence-id", start)
        elif starts[1:]:
            event.add("rdate", starts[1:])
        calendar.add_component(event)
        if method == CANCEL:
            break
    return calendar.to_ical().decode()


def file_text(entries: Iterable[Entry], *, stamp: datetime, organiser: tuple[str, str]) -> str:
    """A VCALENDAR to be opened: several entries of one period each, each with a UID of its own.

    PUBLISH, for a REQUEST is about one UID only (RFC 5546, sections 3.2.1 and 3.2.2).
    """
    calendar = _calendar(PUBLISH)
    for entry in entries:
        [(start, end)] = entry.periods
        event = _event(entry, start.astimezone(UTC), end.astimezone(UTC), stamp)
        event.add("organizer", _address(*organiser), encode=False)
        calendar.add_component(event)
    return calendar.to_ical().decode()


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    return calendar


def _event(entry: Entry, start: datetime, end: datetime, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", start)
    event.add("dtend", end)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    if entry.location:
        event.add("location", entry.location)
    return event


def _address(name: str, email: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name
    return address


def _attendee(name: str, email: str) -> vCalAddress:
    """Someone who has already said yes, by booking: no answer is asked for."""
    attendee = _address(name, email)
    attendee.params.update(ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE")
    return attendee
