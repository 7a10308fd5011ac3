"""A calendar that programs subscribe to, as text. It knows no app.

`ical.py` writes one event with icalendar, which takes 0.6 milliseconds for each: too long for a
feed of thousands. Here the lines are put together by hand; the tests read them with icalendar.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from coaching_portal.common.ical import PRODUCT

READ_AGAIN_AFTER = "PT1H"
LONGEST_LINE = 75  # octets, without the line break (RFC 5545, section 3.1)
UNESCAPED = re.compile(r"([\\;,])")
CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One or several periods under one UID; `stamp` is when it was last changed."""

    uid: str
    sequence: int
    stamp: datetime
    periods: list[tuple[datetime, datetime]]
    summary: str
    location: str = ""
    url: str = ""
    is_cancelled: bool = False


def feed_text(name: str, entries: Iterable[Entry]) -> str:
    """A VCALENDAR of this name. The same entries always give the same text."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        _line("NAME", name),
        _line("X-WR-CALNAME", name),
        f"REFRESH-INTERVAL;VALUE=DURATION:{READ_AGAIN_AFTER}",
        f"X-PUBLISHED-TTL:{READ_AGAIN_AFTER}",
    ]
    for entry in entries:
        lines.extend(_events(entry))
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _events(entry: Entry) -> Iterator[str]:
    """One VEVENT for each period, as in `ical.calendar_text`: the first recurs at the others."""
    starts = [_moment(start) for start, _ in entry.periods]
    what = _what(entry)
    for start, (_, end) in zip(starts, entry.periods, strict=True):
        yield "BEGIN:VEVENT"
        yield from what
        yield f"DTSTART:{start}"
        yield f"DTEND:{_moment(end)}"
        if start != starts[0]:
            yield f"RECURRENCE-ID:{start}"
        elif starts[1:]:
            yield _folded(f"RDATE:{','.join(starts[1:])}")
        yield "END:VEVENT"
        if entry.is_cancelled:  # of the whole
            break


def _what(entry: Entry) -> list[str]:
    lines = [
        _folded(f"UID:{entry.uid}"),
        f"SEQUENCE:{entry.sequence}",
        f"DTSTAMP:{_moment(entry.stamp)}",
        _line("SUMMARY", entry.summary),
        "STATUS:CANCELLED" if entry.is_cancelled else "STATUS:CONFIRMED",
        "TRANSP:TRANSPARENT" if entry.is_cancelled else "TRANSP:OPAQUE",
        "CLASS:PRIVATE",
    ]
    if entry.location:
        lines.append(_line("LOCATION", entry.location))
    if entry.url:
        lines.append(_folded(f"URL:{entry.url}"))
    return lines


def _moment(moment: datetime) -> str:
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc.month:02}{utc.day:02}T{utc.hour:02}{utc.minute:02}{utc.second:02}Z"


def _line(name: str, text: str) -> str:
    escaped = UNESCAPED.sub(r"\\\1", CONTROL.sub(" ", text))
    return _folded(f"{name}:{escaped}")


def _folded(line: str) -> str:
    """Split where it is too long, between characters: each further line begins with a space."""
    if len(line.encode()) <= LONGEST_LINE:
        return line
    parts, part, length = [], "", 0
    for character in line:
        octets = len(character.encode())
        if length + octets > LONGEST_LINE:
            parts.append(part)
            part, length = " ", 1
        part += character
        length += octets
    return "\r\n".join([*parts, part])
