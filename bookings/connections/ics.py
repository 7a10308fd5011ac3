"""A calendar's secret ICS address: read only."""

import hashlib
import re
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

# One that can be kept and sent back; of any other the file's hash takes the place.
ETAG = re.compile(r'(W/)?"[!#-~]{1,400}"')


class IcsAddress:
    def __init__(self, credentials: Credentials):
        self.url = credentials.address
        self._read = self._etag = ""

    def calendars(self) -> list[CalendarThere]:
        self._text()
        return [CalendarThere("", "Calendar")]

    def version(self, calendar: str, known: str = "") -> str:
        """The file's ETag, or its hash where the server gives none: then it is sent each time."""
        condition = {"If-None-Match": known} if ETAG.fullmatch(known) else {}
        if not self._read and not self._fetch(condition):
            return known
        return self._etag or hashlib.sha256(self._read.encode()).hexdigest()

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
            self._fetch({})
        return self._read

    def _fetch(self, condition: dict[str, str]) -> bool:
        """Read the file; False where it is still as the condition says."""
        headers = {"Accept": "text/calendar", **condition}
        answer = public_web.request("GET", self.url, headers=headers)
        if answer.status == 304 and condition:
            return False
        if answer.status in (401, 403, 404, 410):
            raise WrongPassword
        if answer.status != 200:
            raise public_web.Unreachable(str(answer.status))
        text = answer.body.decode("utf-8-sig", "replace")
        if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
            raise NotACalendar
        etag = answer.headers.get("etag", "")
        self._read, self._etag = text, etag if ETAG.fullmatch(etag) else ""
        return True
