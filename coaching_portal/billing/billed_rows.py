"""The rows that were sold, known only by their pointer to an invoice line.

A seller's model has a one-to-one key `invoice_line`; the ledger finds such models by that key
and never learns what they are.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model, QuerySet

from coaching_portal.billing.billable_items import BillableItem
from coaching_portal.billing.models import InvoiceLine


def sellers() -> list[type[Model]]:
    """The models that point to an invoice line, always in the same order."""
    keys = InvoiceLine._meta.get_fields(include_hidden=True)
    models = (key.related_model for key in keys if key.one_to_one and key.auto_created)
    found = {model for model in models if model}
    return sorted(found, key=lambda model: model._meta.label)


def lock_billed(lines: Iterable[InvoiceLine]) -> None:
    """Lock what these lines bill, before any invoice is locked (see the order of locks)."""
    for model in sellers():
        rows = model._default_manager.filter(invoice_line__in=lines)
        list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values("pk"))


def reopen(lines: Iterable[InvoiceLine]) -> None:
    """Let what these lines billed be billed again, by one new line each."""
    for model in sellers():
        model._default_manager.filter(invoice_line__in=lines).update(invoice_line=None)


def lock_unbilled(billable_items: Collection[BillableItem]) -> list[tuple[BillableItem, Any]]:
    """Pairs of item and locked row, without those that a line has or that have changed.

    An item was made from the row as it was read. Where the row is different now (waived,
    moved, a new price) the item is not true any more; the next run makes a new one.
    """
    free = {}
    for model in sorted({type(item.sold) for item in billable_items}, key=lambda m: m._meta.label):
        keys = [item.sold.pk for item in billable_items if type(item.sold) is model]
        free.update({(model, row.pk): row for row in _locked_unbilled(model, keys)})
    pairs = ((item, free.pop((type(item.sold), item.sold.pk), None)) for item in billable_items)
    return [(item, row) for item, row in pairs if row and _is_same(item.sold, row)]


def _locked_unbilled(model: type[Model], keys: list[int]) -> QuerySet:
    rows = model._default_manager.filter(pk__in=keys, invoice_line__isnull=True).order_by("pk")
    return rows.select_for_update(of=("self",), no_key=True)


def _is_same(read: Model, now: Model) -> bool:
    names = {field.attname for field in read._meta.concrete_fields} - read.get_deferred_fields()
    return all(getattr(read, name) == getattr(now, name) for name in names)
