"""Somebody's sessions in three lists, each with its count: upcoming, past and cancelled."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common import formatting

UPCOMING = "upcoming"


@dataclass(frozen=True)
class Kind:
    """`key` is the address's `?show=`; the first words lead to the page before, the others on."""

    key: str
    name: str
    find: Callable[[CoachingSessionQuerySet, datetime], CoachingSessionQuerySet]
    before: str
    after: str


KINDS = (
    Kind(UPCOMING, "Upcoming", lambda sessions, at: sessions.upcoming(at), "Earlier", "Later"),
    Kind("past", "Past", lambda sessions, at: sessions.over(at), "Later", "Earlier"),
    Kind("cancelled", "Cancelled", lambda sessions, at: sessions.cancelled(), "Later", "Earlier"),
)


class SessionList:
    """One of the three: where it is, how many are in it, and which."""

    def __init__(self, kind: Kind, sessions: CoachingSessionQuerySet, at: datetime) -> None:
        self.key, self.name = kind.key, kind.name
        self.before, self.after = kind.before, kind.after
        self.sessions = kind.find(sessions, at)

    @cached_property
    def count(self) -> int:
        return self.sessions.count()

    @property
    def query(self) -> str:
        """What follows the page's address; the first list is there without."""
        return "" if self.key == UPCOMING else f"?show={self.key}"

    @property
    def pages(self) -> str:
        """What the number of a page is added to."""
        return f"{self.query}&" if self.query else "?"

    @property
    def has_next_session(self) -> bool:
        """Whether its first is the next one, which is shown large and apart."""
        return self.key == UPCOMING

    def heading(self, number: int, *, more: bool = False) -> str:
        """“12 past sessions”, “2 more upcoming sessions”."""
        return formatting.count(number, f"{'more ' if more else ''}{self.name.lower()} session")


def lists_of(sessions: CoachingSessionQuerySet, at: datetime) -> list[SessionList]:
    return [SessionList(kind, sessions, at) for kind in KINDS]


def list_shown(lists: list[SessionList], key: str) -> SessionList:
    """The one that is asked for; the upcoming ones where that is none of them."""
    return next((each for each in lists if each.key == key), lists[0])
