"""When events make busy, with their recurrences, exceptions, whole days and zones."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event

MOST_A_DAY = 48
TOO_OFTEN = {"SECONDLY", "MINUTELY"}
Period = tuple[datetime, datetime]


def busy_periods(
    texts: Iterable[str], *, since: datetime, until: datetime, zone: str, own_host: str
) -> list[Period]:
    """What blocks in [since, until), in UTC, in order and joined where it overlaps.

    Not: what is marked free or is cancelled, and the portal's own sessions (by their UID).
    """
    found: list[Period] = []
    for text in texts:
        calendar = parsed(text)
        if calendar:
            found += _periods(calendar, since, until, ZoneInfo(zone), own_host)
    return joined(found)


def parsed(text: str) -> Calendar | None:
    """The calendar; None where it cannot be read."""
    try:
        found = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError):
        return None
    return found if isinstance(found, Calendar) else None  # an event by itself is none


def event_of(text: str, uid: str) -> Event | None:
    """The event itself, its exceptions apart."""
    return event_in(parsed(text), uid)


def event_in(calendar: Calendar | None, uid: str) -> Event | None:
    for event in calendar.events if calendar else ():
        if str(event.get("uid", "")) == uid and "recurrence-id" not in event:
            return event
    return None


def period_of(event: Any, zone: ZoneInfo) -> Period:
    return _moment(event.start, zone), _moment(event.end, zone)


def _periods(
    calendar: Calendar, since: datetime, until: datetime, zone: ZoneInfo, own_host: str
) -> Iterator[Period]:
    calendar.subcomponents = [
        each for each in calendar.subcomponents if _is_worth_expanding(each, own_host)
    ]
    # Floating times and whole days are read in the zone that `since` has.
    local = [moment.astimezone(zone) for moment in (since, until)]
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    for event in query.between(*local):
        if _is_busy(event):
            starts_at, ends_at = period_of(event, zone)
            if starts_at < ends_at and starts_at < until and ends_at > since:
                yield starts_at, ends_at


def _is_worth_expanding(component: Any, own_host: str) -> bool:
    if component.name != "VEVENT":
        return True
    if str(component.get("uid", "")).endswith(f"@{own_host}"):
        return False
    rules = component.get("rrule", [])
    return not any(_is_too_often(rule) for rule in (rules if isinstance(rules, list) else [rules]))


def _is_too_often(rule: Any) -> bool:
    """A rule that would fill a worker's memory; no meeting is like that."""
    if set(rule.get("FREQ", [])) & TOO_OFTEN:
        return True
    times = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times *= max(1, len(rule.get(name, [])))
    return times > MOST_A_DAY


def _is_busy(event: Any) -> bool:
    return (
        str(event.get("transp", "OPAQUE")).upper() != "TRANSPARENT"
        and str(event.get("status", "")).upper() != "CANCELLED"
        and str(event.get("x-microsoft-cdo-busystatus", "")).upper() != "FREE"
    )


def _moment(value: date, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def joined(periods: Iterable[Period]) -> list[Period]:
    """The same time in as few periods as there can be: nothing more is kept about it."""
    result: list[Period] = []
    for starts_at, ends_at in sorted(periods):
        if result and starts_at <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], ends_at))
        else:
            result.append((starts_at, ends_at))
    return result
