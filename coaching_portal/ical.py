"""iCalendar text from plain values, times in UTC. It knows no app; `icalendar` does the quoting."""

from datetime import UTC

from icalendar import Calendar, Event, vCalAddress

PRODUCT = "-//Coaching portal//EN"


def calendar_text(
    *,
    uid,
    sequence,
    method,
    stamp,
    start,
    end,
    summary,
    organiser,
    attendee=None,
    location="",
    url="",
    status="CONFIRMED",
):
    """A VCALENDAR with one event. `organiser` and `attendee` are (name, e-mail address) pairs.

    The same `uid` with a higher `sequence` changes the event; METHOD CANCEL takes it away.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", stamp.astimezone(UTC))
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", end.astimezone(UTC))
    event.add("summary", summary)
    event.add("status", "CANCELLED" if method == "CANCEL" else status)
    event.add("organizer", _address(*organiser), encode=0)
    if attendee:
        event.add("attendee", _attendee(*attendee), encode=0)
    for name, value in (("location", location), ("url", url)):
        if value:
            event.add(name, value)
    return _wrapped(event, method)


def _wrapped(event, method):
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", method)
    calendar.add_component(event)
    return calendar.to_ical().decode()


def _address(name, email):
    address = vCalAddress(f"mailto:{email}")
    address.params["CN"] = name
    return address


def _attendee(name, email):
    """Someone who has already said yes, by booking: no answer is asked for."""
    attendee = _address(name, email)
    attendee.params.update(ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE")
    return attendee
