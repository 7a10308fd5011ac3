"""Whether an invoice can be issued, and if not, why and how to fix it.

The preview and the issuing action ask the same questions, so that they cannot disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

from coaching_portal.billing import amounts, snapshots
from coaching_portal.billing.billable_items import BillableItem, Payer
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.common import glyphs
from coaching_portal.common.formatting import money
from coaching_portal.common.money_fields import LARGEST


@dataclass(frozen=True)
class Problem:
    """A reason in words, the row (practice, organisation, draft) to change, and what to do."""

    text: str
    about: Any
    fix: str

    def __str__(self) -> str:
        return self.text


def problems_of_invoice(invoice: Invoice, practice: Practice, on: date) -> list[Problem]:
    """What stops a draft from being issued on that date."""
    of_payer = problems_of_payer(invoice.payer, practice, on, about=invoice)
    found = [*problems_of_practice(practice), *of_payer]
    if not invoice.lines.exists():
        found.append(Problem("It has no lines.", invoice, "Add lines"))
    found += problems_of_total(invoice.totals_if_issued(practice, on).total, about=invoice)
    texts = [invoice.purchase_order, *(line.description for line in invoice.lines.all())]
    return [
        *found,
        *problems_of_signs(
            "The practice's details", snapshots.seller(practice, on).values(), about=practice
        ),
        *problems_of_signs("The lines or the purchase order", texts, about=invoice),
    ]


def problems_of_signs(name: str, texts: Iterable[object], *, about: Model) -> list[Problem]:
    """Characters of a document that no font of ours can draw."""
    missing = glyphs.without_glyph("".join(map(str, texts)))
    if not missing:
        return []
    reason = f"{name} contain characters that our documents cannot show: {glyphs.named(missing)}."
    return [Problem(reason, about, "Change these characters")]


def problems_of_total(total: Decimal, *, about: Model | None) -> list[Problem]:
    if total <= LARGEST:
        return []
    reason = f"It comes to {money(total)}. An invoice can come to {money(LARGEST)} at most."
    return [Problem(reason, about, "Change the amounts")]


def problems_of_items(billable_items: Iterable[BillableItem]) -> list[Problem]:
    """Those of which no line can be made, because the sum does not fit."""
    found = []
    for item in billable_items:
        net = amounts.line_net(item.quantity, item.unit_price)
        if net > LARGEST:
            reason = (
                f"“{item.description}” comes to {money(net)}. A line of an invoice can come to "
                f"{money(LARGEST)} at most."
            )
            found.append(Problem(reason, item.sold, "Change the amount"))
    return found


def problems_of_practice(practice: Practice) -> list[Problem]:
    missing = practice.missing_for_invoices()
    if not missing:
        return []
    reason = f"The practice's details lack: {', '.join(missing)}."
    return [Problem(reason, practice, "Add these details")]


def problems_of_payer(
    payer: Payer, practice: Practice, on: date, *, about: Model | None = None
) -> list[Problem]:
    """What stops this payer from being invoiced; `about` is where its purchase order is changed."""
    organisation = payer.organisation
    found = problems_of_signs(
        "The customer's details", snapshots.buyer(payer).values(), about=payer.customer
    )
    if organisation is None:
        return found
    if not organisation.is_checked:
        reason = f"Check the details of {organisation} first."
        found.append(Problem(reason, organisation, "Check this organisation’s details"))
    if practice.charges_vat(on) and not organisation.address.strip():
        reason = f"{organisation} has no address, which an invoice with VAT needs."
        found.append(Problem(reason, organisation, "Add the address"))
    if reason := organisation.problem_with_purchase_order(payer.purchase_order):
        verb = "Change" if payer.purchase_order else "Add"
        found.append(Problem(reason, about or organisation, f"{verb} the purchase order"))
    return found
