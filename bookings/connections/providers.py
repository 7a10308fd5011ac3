"""What any kind of calendar elsewhere must be able to do.

CalDAV (`caldav.py`) does all of it, an ICS address (`ics.py`) lets itself be read only. Google's
and Microsoft's own interfaces would be a third and a fourth: each needs keys of the installation
and a sign-in by OAuth, and then a class like these and a line in `provider_for`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class WrongPassword(Exception):
    """The server does not let us in with these credentials (any more)."""


class NotACalendar(Exception):
    """What is there is no calendar that we can read."""


class ChangedThere(Exception):
    """What we meant to change or write has been changed, written or deleted there meanwhile."""


@dataclass(frozen=True)
class CalendarThere:
    url: str
    name: str
    can_write: bool = False


@dataclass(frozen=True)
class EventThere:
    """One resource: an event with all its exceptions, or a whole file of them."""

    url: str
    etag: str
    text: str


@dataclass(frozen=True)
class Credentials:
    address: str
    username: str = ""
    password: str = ""


class Provider(Protocol):
    def calendars(self) -> list[CalendarThere]:
        """Those that these credentials open."""

    def version(self, calendar: str, known: str = "") -> str:
        """Something that changes with the calendar's content; empty where there is nothing.

        `known` is the one that was read last: where nothing has changed, nothing more is sent.
        """

    def events(self, calendar: str, since: datetime, until: datetime) -> list[EventThere]:
        """What may happen in that time: busy times are read from it, and changes."""

    def read(self, url: str) -> EventThere | None:
        """One event; None where it is gone."""

    def write(self, url: str, text: str, *, etag: str = "") -> str:
        """Make an event, or change the one with that ETag; return the new ETag. ChangedThere."""

    def delete(self, url: str, *, etag: str) -> None:
        """Delete the event with that ETag; nothing happens where it is gone. ChangedThere."""
