"""Documents are dated, and days are counted, in London."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


def london_day(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def end_of(day: date) -> datetime:
    """The first instant that is no longer that day in London."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
