"""CalDAV (RFC 4791), as much of it as we need, over connections that `public_web` has checked."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote, urljoin, urlsplit
from xml.etree import ElementTree  # nosec B405  (no document type is let in: _parsed)

from bookings.connections.providers import (
    CalendarThere,
    ChangedThere,
    Credentials,
    EventThere,
    NotACalendar,
    WrongPassword,
)
from coaching_portal.common import public_web

DAV, CAL = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
SERVER = "{http://calendarserver.org/ns/}"
NAMES = (
    'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:s="http://calendarserver.org/ns/"'
)
FIND = "<d:current-user-principal/><c:calendar-home-set/><d:resourcetype/><d:displayname/>"
FIND += "<c:supported-calendar-component-set/><d:current-user-privilege-set/>"
# Apple's calendars are on another of its servers than the one that people enter.
ONE_FAMILY = (".icloud.com",)
MOST_CALENDARS = 50


class CalDav:
    def __init__(self, credentials: Credentials):
        self.address = credentials.address
        pair = f"{credentials.username}:{credentials.password}".encode()
        self._authorization = f"Basic {base64.b64encode(pair).decode()}"

    def calendars(self) -> list[CalendarThere]:
        """From whatever address: of a calendar, a principal, a home or the server."""
        for start in (self.address, urljoin(self.address, "/.well-known/caldav")):
            found = self._calendars_from(start)
            if found:
                return found[:MOST_CALENDARS]
        raise NotACalendar

    def _calendars_from(self, start: str) -> list[CalendarThere]:
        rows = self._properties(start, FIND)
        if not rows:
            return []
        base, found = rows[0]
        if _is_calendar(found):
            return [_calendar(base, found)]
        home = _inner(found, f"{CAL}calendar-home-set")
        principal = _inner(found, f"{DAV}current-user-principal")
        if not home and principal:
            at = self._own(base, principal)
            rows = self._properties(at, FIND)
            home = _inner(rows[0][1], f"{CAL}calendar-home-set") if rows else ""
            base = at
        place = self._own(base, home) if home else base
        return [
            _calendar(url, each)
            for url, each in self._properties(place, FIND, depth="1")
            if _is_calendar(each)
        ]

    def version(self, calendar: str, known: str = "") -> str:
        rows = self._properties(calendar, "<s:getctag/><d:sync-token/>")
        if not rows:
            raise NotACalendar
        found = rows[0][1]
        return found.findtext(f"{SERVER}getctag") or found.findtext(f"{DAV}sync-token") or ""

    def events(self, calendar: str, since: datetime, until: datetime) -> list[EventThere]:
        span = f'start="{since.astimezone(UTC):%Y%m%dT%H%M%SZ}"'
        span += f' end="{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"'
        query = (
            f"<c:calendar-query {NAMES}><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter>"
            f'<c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range {span}/>'
            "</c:comp-filter></c:comp-filter></c:filter></c:calendar-query>"
        )
        answer = self._ask("REPORT", calendar, query, depth="1")
        return [
            EventThere(
                url,
                found.findtext(f"{DAV}getetag") or "",
                found.findtext(f"{CAL}calendar-data") or "",
            )
            for url, found in self._rows(calendar, answer)
        ]

    def read(self, url: str) -> EventThere | None:
        answer = self._send("GET", url)
        if answer.status in (404, 410):
            return None
        _check(answer)
        return EventThere(url, answer.headers.get("etag", ""), answer.body.decode())

    def write(self, url: str, text: str, *, etag: str = "") -> str:
        condition = {"If-Match": etag} if etag else {"If-None-Match": "*"}
        headers = {"Content-Type": "text/calendar; charset=utf-8", **condition}
        answer = self._send("PUT", url, text.encode(), headers)
        if answer.status in (404, 409, 412):
            raise ChangedThere
        _check(answer)
        return answer.headers.get("etag") or self._etag(url)

    def delete(self, url: str, *, etag: str) -> None:
        answer = self._send("DELETE", url, headers={"If-Match": etag})
        if answer.status == 412:
            raise ChangedThere
        if answer.status not in (404, 410):
            _check(answer)

    def _etag(self, url: str) -> str:
        rows = self._properties(url, "<d:getetag/>")
        return (rows[0][1].findtext(f"{DAV}getetag") or "") if rows else ""

    def _properties(
        self, url: str, properties: str, *, depth: str = "0"
    ) -> list[tuple[str, ElementTree.Element]]:
        body = f"<d:propfind {NAMES}><d:prop>{properties}</d:prop></d:propfind>"
        answer = self._ask("PROPFIND", url, body, depth=depth)
        return list(self._rows(answer.url, answer))

    def _ask(self, method: str, url: str, body: str, *, depth: str) -> public_web.Answer:
        headers = {"Content-Type": "application/xml; charset=utf-8", "Depth": depth}
        content = f'<?xml version="1.0" encoding="utf-8"?>{body}'.encode()
        return self._send(method, url, content, headers)

    def _send(
        self, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> public_web.Answer:
        sent = {"Authorization": self._authorization, **(headers or {})}
        answer = public_web.request(method, self._own(self.address, url), headers=sent, body=body)
        if answer.status == 403 and method in ("PUT", "DELETE"):
            raise ChangedThere  # this event only: the calendar lets us read
        if answer.status in (401, 403):
            raise WrongPassword
        return answer

    def _rows(
        self, base: str, answer: public_web.Answer
    ) -> Iterator[tuple[str, ElementTree.Element]]:
        """Each resource of a multistatus with the properties that it has."""
        if answer.status in (404, 405, 410):
            return
        if answer.status != 207:
            raise public_web.Unreachable(str(answer.status))
        for response in _parsed(answer.body).iter(f"{DAV}response"):
            url = self._own(base, (response.findtext(f"{DAV}href") or "").strip())
            for each in response.iter(f"{DAV}propstat"):
                properties = each.find(f"{DAV}prop")
                if " 200" in (each.findtext(f"{DAV}status") or "") and properties is not None:
                    yield url, properties

    def _own(self, base: str, href: str) -> str:
        """The whole address, on the server that the password is for, or one of its family."""
        url = urljoin(base, href)
        if not public_web.is_same_server(self.address, url):
            hosts = [urlsplit(each).hostname or "" for each in (self.address, url)]
            if not any(all(host.endswith(family) for host in hosts) for family in ONE_FAMILY):
                raise public_web.UnsafeAddress("That calendar leads on to another server.")
        return url


def event_url(calendar: str, uid: str) -> str:
    return urljoin(calendar.rstrip("/") + "/", f"{quote(uid, safe='')}.ics")


def _check(answer: public_web.Answer) -> None:
    if answer.status not in (200, 201, 204):
        raise public_web.Unreachable(str(answer.status))


def _parsed(body: bytes) -> ElementTree.Element:
    """XML in UTF-8 without a document type: with that gone there are no entities to expand."""
    try:
        text = body.decode("utf-8-sig")
        if "<!doctype" in text.lower():
            raise NotACalendar
        return ElementTree.fromstring(text)  # noqa: S314  # nosec B314
    except (UnicodeError, ElementTree.ParseError, ValueError):
        raise NotACalendar from None


def _is_calendar(found: ElementTree.Element) -> bool:
    kind = found.find(f"{DAV}resourcetype")
    if kind is None or kind.find(f"{CAL}calendar") is None:
        return False
    parts = found.find(f"{CAL}supported-calendar-component-set")
    names = [each.get("name") for each in parts] if parts is not None else []
    return not names or "VEVENT" in names


def _calendar(url: str, found: ElementTree.Element) -> CalendarThere:
    name = (found.findtext(f"{DAV}displayname") or "").strip()
    allowed = found.find(f"{DAV}current-user-privilege-set")
    may = {each.tag for each in allowed.iter()} if allowed is not None else {f"{DAV}write"}
    wanted = {f"{DAV}write", f"{DAV}all", f"{DAV}bind", f"{DAV}write-content"}
    name = "".join(sign for sign in name if sign.isprintable())
    return CalendarThere(url, name[:80] or "Calendar", can_write=bool(may & wanted))


def _inner(found: ElementTree.Element, name: str) -> str:
    return (found.findtext(f"{name}/{DAV}href") or "").strip()
