"""Drafts: made of billable items, and taken back, without a trace in the numbers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from coaching_portal.billing import billed_rows
from coaching_portal.billing.billable_items import BillableItem, Payer
from coaching_portal.billing.issue_checks import problems_of_items
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.common.refusals import Refusal
from profiles.models import User


class NothingToInvoice(Refusal):
    """All of it has been invoiced, or has changed, in the meantime."""


class NotADraft(Refusal):
    """It has been issued, so it can only be credited."""


class TooLarge(Refusal):
    """A sum that no line of an invoice can hold."""


@transaction.atomic
def draft_invoice(
    *, payer: Payer, billable_items: Iterable[BillableItem], by: User, at: datetime
) -> Invoice:
    """A draft with a line for each item that nobody has billed yet, or NothingToInvoice.

    TooLarge where one of the billable items comes to more than a line can hold.
    """
    # Holding the sold rows makes two runs over the same billable items wait for each other.
    pairs = billed_rows.lock_unbilled(list(billable_items))
    if not pairs:
        raise NothingToInvoice("Nothing is left to invoice: it has been done in the meantime.")
    if problems := problems_of_items(item for item, _ in pairs):
        raise TooLarge(" ".join(map(str, problems)))
    invoice = Invoice.objects.create(
        user=payer.user,
        organisation=payer.organisation,
        purchase_order=payer.purchase_order,
        drafted_at=at,
        drafted_by=by,
    )
    for item, row in pairs:
        row.invoice_line = _line(invoice, item)
        row.save(update_fields=["invoice_line"])
    return invoice


def _line(invoice: Invoice, item: BillableItem) -> InvoiceLine:
    return InvoiceLine.objects.create(
        invoice=invoice,
        description=item.description,
        supplied_on=item.supplied_on,
        quantity=item.quantity,
        unit_price=item.unit_price,
    )


@transaction.atomic
def delete_draft(*, invoice: Invoice) -> None:
    """Delete a draft; what it billed can be billed again."""
    billed_rows.lock_billed(invoice.lines.all())
    draft = Invoice.objects.select_for_update(of=("self",)).filter(pk=invoice.pk).first()
    if draft is None:
        raise NotADraft("This draft has been deleted in the meantime.")
    if draft.is_issued:
        raise NotADraft("An issued invoice cannot be deleted: credit it.")
    draft.delete()


@transaction.atomic
def remove_from_draft(*, sold_row: Any) -> bool:
    """Take one thing off its draft (its item was waived, say).

    Gives whether no invoice has it now: what has been issued stays, and is credited. The caller
    holds the row, and with it the draft: whoever deletes one locks first what it bills. A draft
    that is left without lines goes too.
    """
    line = sold_row.invoice_line
    if line is None:
        return True
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=line.invoice_id)
    if invoice.is_issued:
        return False
    line.delete()
    sold_row.invoice_line = None
    if not invoice.lines.exists():
        invoice.delete()
    return True
