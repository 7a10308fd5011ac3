"""A calendar's secret ICS address: read only."""

import hashlib
from datetime import datetime

from bookings.connections.providers import (
    CalendarThere,
    ChangedThere,
    Credentials,
    EventThere,
    NotACalendar,
    WrongPassword,
)
from coaching_portal.common import public_web


class IcsAddress:
    def __init__(self, credentials: Credentials):
        self.url = credentials.address
        self._read = ""

    def calendars(self) -> list[CalendarThere]:
        self._text()
        return [CalendarThere("", "Calendar")]

    def version(self, calendar: str) -> str:
        return hashlib.sha256(self._text().encode()).hexdigest()

    def events(self, calendar: str, since: datetime, until: datetime) -> list[EventThere]:
        return [EventThere("", "", self._text())]

    def read(self, url: str) -> EventThere | None:
        return None

    def write(self, url: str, text: str, *, etag: str = "") -> str:
        raise ChangedThere

    def delete(self, url: str, *, etag: str) -> None:
        raise ChangedThere

    def _text(self) -> str:
        """The file, fetched once."""
        if not self._read:
            answer = public_web.request("GET", self.url, headers={"Accept": "text/calendar"})
            if answer.status in (401, 403, 404, 410):
                raise WrongPassword
            if answer.status != 200:
                raise public_web.Unreachable(str(answer.status))
            self._read = answer.body.decode("utf-8-sig", "replace")
            if not self._read.lstrip().upper().startswith("BEGIN:VCALENDAR"):
                raise NotACalendar
        return self._read
