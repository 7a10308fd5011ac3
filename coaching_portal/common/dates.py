"""The dates of instants, and the instants at which dates begin. A zone: its name, or a ZoneInfo."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from coaching_portal.common.formatting import LONDON

DAY = timedelta(days=1)
DAYS_TO_CANCEL = 14


def local_date(moment: datetime, zone: str | tzinfo) -> date:
    return moment.astimezone(_zone(zone)).date()


def local_midnight(day: date, zone: str | tzinfo) -> datetime:
    """The first instant of a local date, also where the clocks change at midnight: in UTC."""
    return datetime.combine(day, time(), _zone(zone)).astimezone(UTC)


def london_date(moment: datetime) -> date:
    """Documents are dated, and days are counted, in London."""
    return local_date(moment, LONDON)


def london_midnight(day: date) -> datetime:
    return local_midnight(day, LONDON)


def in_cooling_off_period(moment: datetime, *, agreed_at: datetime) -> bool:
    """Whether a moment lies in a consumer's 14 days to cancel what was agreed at `agreed_at`.

    They end with the fourteenth day after the day of the contract, by London dates (Consumer
    Contracts Regulations 2013, regulation 30).
    """
    return london_date(moment) <= london_date(agreed_at) + DAYS_TO_CANCEL * DAY


def _zone(zone):
    return zone if isinstance(zone, tzinfo) else ZoneInfo(zone)
