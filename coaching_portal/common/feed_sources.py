"""What calendar feeds are made from. An app registers its events in `AppConfig.ready()`:

    feed_sources.register("sessions", rows=…, entries=…)

`rows(user, since, shows)` is a query set of values: all that the entries are made from and nothing
else, in an order that is always the same. `entries(user, shows, rows)` makes the entries from them.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import QuerySet

from coaching_portal.common.ical_feed import Entry


class Shows(models.TextChoices):
    BUSY = "BUSY", "“Busy” only"
    INITIALS = "INITIALS", "Initials"
    NAMES = "NAMES", "Names"


@dataclass(frozen=True)
class Source:
    rows: Callable[[Any, datetime, str], QuerySet]
    entries: Callable[[Any, str, Iterable[tuple]], Iterable[Entry]]


_sources: dict[str, Source] = {}


def register(
    name: str,
    *,
    rows: Callable[[Any, datetime, str], QuerySet],
    entries: Callable[[Any, str, Iterable[tuple]], Iterable[Entry]],
) -> None:
    """Have these events in the feeds."""
    _sources[name] = Source(rows, entries)


def sources() -> list[Source]:
    return list(_sources.values())


def fingerprint(rows: QuerySet) -> str:
    """A hash of the rows, made in the database: it changes when one of them does, and only then."""
    sql, parameters = rows.order_by().query.sql_with_params()
    with connection.cursor() as cursor:
        # The statement is Django's own; values are parameters.
        cursor.execute(
            "SELECT md5(string_agg(shown::text, '|' ORDER BY shown::text)) "  # noqa: S608  # nosec B608
            f"FROM ({sql}) AS shown",
            parameters,
        )
        return cursor.fetchone()[0] or ""


def shown_name(name: str, shows: str) -> str:
    """A name as a feed shows it: “Jo Bloggs” or “JB”."""
    if shows == Shows.INITIALS:
        return "".join(word[0].upper() for word in name.replace("-", " ").split())
    return name


def combined(*parts: str) -> str:
    """One fingerprint of several."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()
