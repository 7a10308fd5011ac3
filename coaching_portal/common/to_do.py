"""What may wait for the office: the register of what its first page counts.

An app says beside its admin what may wait there, and how that list is filtered to it:

    to_do.register("Enquiries to answer", 10, lambda at: (Enquiry.objects.waiting(), "…"))
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True)
class ToDoItem:
    """What waits now: its name, its rows, and the query with which the admin lists them."""

    name: str
    rows: models.QuerySet
    filter: str


_found: dict[str, tuple[int, Callable]] = {}


def register(name, rank, find):
    """Enter an item; `find(at)` gives its rows and the filter. Those of a lower rank come first."""
    _found[name] = (rank, find)


def items(at):
    by_rank = sorted(_found.items(), key=lambda item: item[1][0])
    return [ToDoItem(name, *find(at)) for name, (_, find) in by_rank]
