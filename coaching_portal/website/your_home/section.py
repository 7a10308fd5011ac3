"""What the sections of the page share."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet


@dataclass(frozen=True, kw_only=True)
class Section:
    """One role's part of the page. Its template is given the section as `section`."""

    key: ClassVar[str]  # of its heading, in addresses
    name: ClassVar[str]
    template: ClassVar[str]

    # The moment that makes it urgent: sections with an earlier one come first.
    due_at: datetime | None = None


@dataclass(frozen=True)
class FirstFew:
    """The first rows of a list that may be long, and whether there are more."""

    rows: list[Any]
    has_more: bool

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __bool__(self) -> bool:
        return bool(self.rows)

    @property
    def first(self) -> Any:
        return self.rows[0] if self.rows else None


def first_few(rows: QuerySet[Any], most: int) -> FirstFew:
    """Read in one query, however many there are."""
    found = list(rows[: most + 1])
    return FirstFew(found[:most], len(found) > most)


def earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def most_urgent_first(sections: Iterable[Section]) -> list[Section]:
    """By what is due; those with nothing due stay in their order, at the end."""
    return sorted(sections, key=_due)


def _due(section: Section) -> float:
    return section.due_at.timestamp() if section.due_at else math.inf
