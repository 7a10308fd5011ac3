"""How the portal writes dates, times and money, in pages, mail and documents alike."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

LONDON = "Europe/London"
# Keeps a number and what it counts on one line.
NO_BREAK = "\u00a0"


def _local(moment: datetime, zone: str | None) -> datetime:
    return moment.astimezone(ZoneInfo(zone or LONDON))


def money(amount: Decimal | int) -> str:
    """£1,234.50, with the sign before the pound: -£45.00."""
    amount = Decimal(amount)
    return f"{'-' if amount < 0 else ''}£{abs(amount):,.2f}"


def long_date(date: date) -> str:
    """Thursday 15 June 2027."""
    return f"{date:%A} {date.day} {date:%B %Y}"


def short_date(date: date) -> str:
    """15 June 2027."""
    return f"{date.day} {date:%B %Y}"


def date_range(first: date, last: date) -> str:
    """23 to 29 November 2026, with as much of the first date as differs."""
    month = f" {first:%B}" if (first.month, first.year) != (last.month, last.year) else ""
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day}{month}{year} to {short_date(last)}"


def clock(moment: datetime, zone: str | None = None) -> str:
    """9:10am, 12pm: the wall time of an instant in a zone (London's when none is named)."""
    local = _local(moment, zone)
    minutes = f":{local:%M}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'am' if local.hour < 12 else 'pm'}"


def when(moment: datetime, zone: str | None = None) -> str:
    """Thursday 15 June 2027 at 9:10am."""
    return f"{long_date(_local(moment, zone))} at {clock(moment, zone)}"


def date_and_time(moment: datetime, zone: str | None = None) -> str:
    """Friday 4 December 2026, 9:00am: a deadline."""
    local = _local(moment, zone)
    half = "am" if local.hour < 12 else "pm"
    return f"{long_date(local)}, {local.hour % 12 or 12}:{local:%M}{half}"


def when_range(start: datetime, end: datetime, zone: str | None = None) -> str:
    """Thursday 15 June 2027, 9:10am to 10:10am; with both dates where they differ."""
    first, last = _local(start, zone), _local(end, zone)
    if first.date() == last.date():
        return f"{long_date(first)}, {clock(start, zone)} to {clock(end, zone)}"
    return f"{when(start, zone)} to {when(end, zone)}"


def zone_name(zone: str | None = None) -> str:
    """UK time, New York time (the UK's when none is named)."""
    if not zone or zone == LONDON:
        return "UK time"
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{city} time"


def count(number: int, one: str, many: str = "") -> str:
    """1 session, 2 sessions; 1 session is, 2 sessions are."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def length(minutes: int) -> str:
    """1 hour 30 minutes."""
    hours, rest = divmod(int(minutes), 60)
    parts = []
    if hours:
        parts.append(hours_of(hours))
    if rest or not hours:
        parts.append(f"{rest}{NO_BREAK}minutes")
    return " ".join(parts)


def hours_of(number):
    """1 hour, 48 hours."""
    return f"{number}{NO_BREAK}hour{'' if str(number) == '1' else 's'}"
