"""Credits: how an issued invoice is corrected, never for more than what remains of it."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from coaching_portal.billing import billed_rows, documents, emails, numbers
from coaching_portal.billing.actions import payments
from coaching_portal.billing.models import (
    CreditNote,
    CreditNoteDocument,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
)
from coaching_portal.common import glyphs
from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import money
from coaching_portal.common.refusals import Refusal
from profiles.models import User


class CreditRefused(Refusal):
    """The credit is more than what remains, or nothing."""


def left_to_credit(invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    """What remains of each line of an issued invoice, before VAT: {line: amount}."""
    lines = invoice.lines.annotate(credited=Sum("credits__net")).order_by("supplied_on", "pk")
    return {line: line.net - (line.credited or Decimal(0)) for line in lines}


@transaction.atomic
def credit(
    *,
    invoice: Invoice,
    amounts: dict[InvoiceLine, Decimal],
    reason: str,
    by: User,
    at: datetime,
    release: bool = True,
) -> CreditNote:
    """Credit {line: amount before VAT}, or raise CreditRefused.

    Where a line is credited in full, `release` lets what was sold be billed once more (to
    another payer, say); without it, it is never charged for again.
    """
    billed_rows.lock_billed(list(amounts))
    invoice = payments.lock_with_payments(invoice)
    left = left_to_credit(invoice)
    amounts = {line: amount for line, amount in amounts.items() if amount}
    _refuse_unless_drawn(reason)
    _refuse_unless_it_remains(invoice, amounts, left)

    note = _issue_note(invoice, amounts, reason, by, at)
    if release:
        billed_rows.reopen([line for line, amount in amounts.items() if amount == left[line]])
    payments.release_overpayment(invoice=invoice, by=by, at=at)
    emails.credit_note_issued(note, at=at)
    return note


def credit_in_full(
    *, invoice: Invoice, reason: str, by: User, at: datetime, release: bool = True
) -> CreditNote:
    """Credit all that remains of an invoice."""
    amounts = left_to_credit(invoice)
    return credit(invoice=invoice, amounts=amounts, reason=reason, by=by, at=at, release=release)


@transaction.atomic
def credit_owed(
    *,
    invoice: Invoice,
    owed_back: Callable[[Invoice], dict[InvoiceLine, Decimal]],
    reason: str,
    by: User,
    at: datetime,
) -> CreditNote | None:
    """Credit what `owed_back(invoice)` gives ({line: amount}); None where that is nothing.

    It is asked once nobody else can credit the invoice, so that twice credits once. What was sold
    is not charged for any more.
    """
    billed_rows.lock_billed(invoice.lines.all())
    invoice = payments.lock_with_payments(invoice)
    amounts = owed_back(invoice)
    if not amounts:
        return None
    return credit(invoice=invoice, amounts=amounts, reason=reason, by=by, at=at, release=False)


def _refuse_unless_drawn(reason: str) -> None:
    if missing := glyphs.without_glyph(reason):
        signs = glyphs.named(missing)
        raise CreditRefused(
            f"The reason contains characters that our documents cannot show: {signs}."
        )


def _refuse_unless_it_remains(
    invoice: Invoice, amounts: dict[InvoiceLine, Decimal], left: dict[InvoiceLine, Decimal]
) -> None:
    if not invoice.is_issued:
        raise CreditRefused("A draft is not credited: change or delete it.")
    if invoice.is_forgotten:
        raise CreditRefused("Its customer's details are no longer kept, so it is not credited.")
    if not amounts:
        raise CreditRefused("Enter an amount to credit.")
    for line, amount in amounts.items():
        if line not in left:
            raise CreditRefused(f"“{line}” is not on {invoice.number}.")
        if amount < 0:
            raise CreditRefused("A credit is more than £0.00.")
        if amount > left[line]:
            raise CreditRefused(f"At most {money(left[line])} of “{line}” can be credited.")


def _issue_note(
    invoice: Invoice, amounts: dict[InvoiceLine, Decimal], reason: str, by: User, at: datetime
) -> CreditNote:
    note = CreditNote.objects.create(invoice=invoice, reason=reason)
    CreditNoteLine.objects.bulk_create(
        CreditNoteLine(credit_note=note, invoice_line=line, net=amount, vat_rate=line.charged_rate)
        for line, amount in amounts.items()
    )
    totals = note.totals()
    note.net, note.vat, note.total = totals.net, totals.vat, totals.total
    note.issued_at, note.issued_on, note.issued_by = at, london_date(at), by
    note.number = numbers.take(numbers.CREDIT_NOTE, note.issued_on.year)
    note.save()
    pdf = documents.credit_note_pdf(note)
    CreditNoteDocument.objects.create(credit_note=note, pdf=pdf, sha256=documents.sha256(pdf))
    return note
