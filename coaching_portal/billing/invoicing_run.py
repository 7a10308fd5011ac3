"""The invoicing run: see what is owed by whom, make drafts of it, issue them."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from coaching_portal.billing import actions, amounts, billed_rows, emails
from coaching_portal.billing.billable_items import BillableItem, Payer, by_payer
from coaching_portal.billing.issue_checks import (
    Problem,
    problems_of_invoice,
    problems_of_items,
    problems_of_payer,
    problems_of_total,
)
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.common.dates import london_date
from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.common.refusals import Refusal
from profiles.models import User, sort_key

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class InvoicePreview:
    """What one payer would be invoiced: the lines, their total, the problems."""

    payer: Payer
    billable_items: list[BillableItem]
    totals: amounts.Totals
    problems: list[Problem]

    @property
    def name(self) -> str:
        return str(self.payer.organisation or self.payer.user)

    @property
    def is_ready(self) -> bool:
        return not self.problems


@dataclass(frozen=True)
class Result:
    """What became of each draft: issued, or refused with the reasons."""

    issued: list[Invoice]
    refused: list[tuple[Invoice, list[Problem]]]

    @property
    def unsent(self) -> list[Invoice]:
        """Issued, but nobody to send it to is known."""
        return [invoice for invoice in self.issued if not emails.addresses(invoice.payer)]


def preview(billable_items: list[BillableItem], *, at: datetime) -> list[InvoicePreview]:
    """The billable items by payer and purchase order, in the order of names."""
    practice = Practice.current()
    previews = [
        _invoice_preview(payer, theirs, practice, london_date(at))
        for payer, theirs in by_payer(billable_items).items()
    ]
    return sorted(previews, key=lambda each: (sort_key(each.name), each.payer.purchase_order))


def _invoice_preview(
    payer: Payer, billable_items: list[BillableItem], practice: Practice, on: date
) -> InvoicePreview:
    rate = practice.vat_rate if practice.charges_vat(on) else Decimal(0)
    totals = amounts.totals(
        (amounts.line_net(each.quantity, each.unit_price), rate) for each in billable_items
    )
    return InvoicePreview(
        payer=payer,
        billable_items=billable_items,
        totals=totals,
        problems=[
            *problems_of_payer(payer, practice, on),
            *problems_of_items(billable_items),
            *problems_of_total(totals.total, about=None),
        ],
    )


@transaction.atomic
def make_drafts(*, read: Callable[[], list[BillableItem]], by: User, at: datetime) -> list[Invoice]:
    """A draft for each payer of the billable items that `read()` gives.

    What has been billed meanwhile is left out, and so is a payer with an item that no line can
    hold (`problems_of_items`).

    They are read again once their rows are locked: from then on nobody changes what is owed.
    """
    billed_rows.lock_unbilled(read())
    drafts = []
    for payer, theirs in by_payer(read()).items():
        try:
            drafts.append(actions.draft_invoice(payer=payer, billable_items=theirs, by=by, at=at))
        except (actions.NothingToInvoice, actions.TooLarge):
            continue
    return drafts


def problems(drafts: Iterable[Invoice], *, at: datetime) -> list[tuple[Invoice, list[Problem]]]:
    """Pairs of draft and the problems that stop it."""
    on = london_date(at)
    practice = Practice.current()
    return [(draft, problems_of_invoice(draft, practice, on)) for draft in drafts]


def issue_all(*, invoices: Iterable[Invoice], by: User, at: datetime) -> Result:
    """Issue each draft in a transaction of its own, so that one refusal stops no other."""
    result = Result(issued=[], refused=[])
    for invoice in invoices:
        try:
            result.issued.append(actions.issue(invoice=invoice, by=by, at=at))
        except actions.AlreadyIssued:
            continue
        except actions.NotReady as refusal:
            result.refused.append((invoice, refusal.problems))
        except Refusal as refusal:
            result.refused.append((invoice, [Problem(str(refusal), invoice, "See the draft")]))
        except CouldNotWrite:
            logger.exception("The PDF of draft %s could not be written.", invoice.pk)
            reason = Problem("Its PDF could not be written.", invoice, "Check its texts")
            result.refused.append((invoice, [reason]))
    return result
