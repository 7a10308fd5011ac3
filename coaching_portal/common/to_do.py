"""What may wait for the office: the register of what its first page counts.

An app says beside its admin what may wait there, and how that list is filtered to it:

    to_do.register("Enquiries to answer", 10, lambda at: (Enquiry.objects.waiting(), "…"))
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin import AdminSite
from django.db import models
from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True)
class ToDoItem:
    """What waits now: its name, its rows, and the query with which the admin lists them."""

    name: str
    rows: models.QuerySet
    filter: str


@dataclass(frozen=True)
class Waiting:
    """How many rows of an item there are, and the address of the admin's list of them."""

    name: str
    count: int
    address: str


_found: dict[str, tuple[int, Callable]] = {}


def register(name, rank, find):
    """Enter an item; `find(at)` gives its rows and the filter. Those of a lower rank come first."""
    _found[name] = (rank, find)


def items(at):
    by_rank = sorted(_found.items(), key=lambda item: item[1][0])
    return [ToDoItem(name, *find(at)) for name, (_, find) in by_rank]


def counted(request: HttpRequest, site: AdminSite, at: datetime) -> list[Waiting]:
    """The items whose lists the user may see in that admin, each counted."""
    found = (_count(request, site, item) for item in items(at))
    return [waiting for waiting in found if waiting]


def _count(request: HttpRequest, site: AdminSite, item: ToDoItem) -> Waiting | None:
    model = item.rows.model
    admin = site._registry.get(model)
    if admin is None or not admin.has_view_permission(request):
        return None
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return Waiting(item.name, item.rows.count(), f"{address}?{item.filter}")
