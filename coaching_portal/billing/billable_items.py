"""What sellers hand to the ledger: finished words and numbers, and the row that was sold.

`bookings.invoicing` and `training.invoicing` make billable items; the invoicing run takes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from profiles.models import Organisation, User


@dataclass(frozen=True)
class Payer:
    """Who pays: a person, or an organisation (then perhaps against a purchase order)."""

    user: User | None = None
    organisation: Organisation | None = None
    purchase_order: str = ""

    def __post_init__(self):
        if (self.user is None) == (self.organisation is None):
            raise ValueError("A payer is either a person or an organisation.")

    @property
    def customer(self) -> Organisation | User:
        return cast(Organisation | User, self.organisation or self.user)


@dataclass(frozen=True)
class BillableItem:
    """One thing sold that no invoice has yet.

    `sold` is its row; the row's `invoice_line` (one-to-one, nullable) is set to the line made of
    it. `key` (such as "session:<uuid>") names it on pages. `description` is neutral.
    """

    key: str
    payer: Payer
    description: str
    supplied_on: date
    quantity: Decimal
    unit_price: Decimal
    sold: Any


def by_payer(billable_items: Iterable[BillableItem]) -> dict[Payer, list[BillableItem]]:
    """The same billable items, those of one payer and purchase order together, in their order."""
    grouped: dict[Payer, list[BillableItem]] = {}
    for item in billable_items:
        grouped.setdefault(item.payer, []).append(item)
    return grouped
