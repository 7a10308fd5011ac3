"""What the portal keeps about people: shown, exported, erased and deleted from one list.

An app says in `AppConfig.ready()` what it keeps:

    privacy.keep("enquiries", what="…", why="…", how_long="…", export=…, erase=…)

The page about privacy, the archive of one's own data, erasure and the retention job all read this
list, so that what is shown and what is done agree.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class ErasureBlocker:
    """What prevents an erasure, and the url where to resolve it."""

    text: str
    address: str


@dataclass(frozen=True)
class DataCategory:
    """One kind of data about people.

    `export(user)` gives rows (dicts of plain values); `documents(user)` pairs of file name and
    bytes; `blockers(user, at)` what prevents erasing; `erase(user, at)` drops the person;
    `withdraw(user, at)` drops what was kept by consent alone;
    `lock(user)` locks rows of others that this needs, before the person's own is locked.
    """

    name: str
    what: str
    why: str
    how_long: str
    export: Callable[..., Iterable[dict]] | None = None
    documents: Callable[..., Iterable[tuple[str, bytes]]] | None = None
    blockers: Callable[..., Iterable[ErasureBlocker]] | None = None
    erase: Callable[..., None] | None = None
    withdraw: Callable[..., None] | None = None
    lock: Callable[..., None] | None = None


@dataclass(frozen=True)
class Retention:
    """What is forgotten without being asked: rows older than so many days.

    `find(before)` is the query set of what is too old; `forget(rows)` deletes or blanks them.
    `least_days` is what the law asks: no installation can set fewer.
    """

    name: str
    what: str
    usual_days: int
    find: Callable
    forget: Callable
    least_days: int = 0

    @property
    def days(self):
        """As the installation sets it (RETENTION_DAYS), or as usual."""
        days = int(settings.RETENTION_DAYS.get(self.name, self.usual_days))
        return max(days, self.least_days)


_kept: dict[str, DataCategory] = {}
_retentions: dict[str, Retention] = {}


def keep(name, **words):
    """Enter a kind of data in the list."""
    _kept[name] = DataCategory(name, **words)


def register_retention(name, *, days, what, find, forget=lambda rows: rows.delete(), least_days=0):
    """Have rows of this kind forgotten when they are so many days old."""
    _retentions[name] = Retention(name, what, days, find, forget, least_days)


def kinds():
    """Everything that is kept, in the order of the apps."""
    return list(_kept.values())


def for_readers():
    """The same for a page or an archive, which begin with who somebody is."""
    return sorted(kinds(), key=lambda kept: kept.name != "account")


def retentions():
    return list(_retentions.values())
