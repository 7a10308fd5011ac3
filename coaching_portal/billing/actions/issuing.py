"""Issuing: the draft takes its number and snapshots, its PDF is stored, the payer gets an email."""

from datetime import date, datetime, timedelta

from django.db import transaction

from coaching_portal.billing import documents, emails, numbers, snapshots
from coaching_portal.billing.issue_checks import Problem, problems_of_invoice
from coaching_portal.billing.models import Invoice, InvoiceDocument, Practice
from coaching_portal.common.dates import london_date
from coaching_portal.common.refusals import Refusal
from profiles.models import User


class AlreadyIssued(Refusal):
    """It has been issued already."""


class NotReady(Refusal):
    """Something is missing; `problems` say what and where to mend it."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(" ".join(problem.text for problem in problems))
        self.problems = problems


@transaction.atomic
def issue(*, invoice: Invoice, by: User, at: datetime) -> Invoice:
    """Issue a draft, or raise AlreadyIssued or NotReady. Any failure gives the number back."""
    invoice = _lock(invoice)
    practice, today = Practice.current(), london_date(at)
    problems = problems_of_invoice(invoice, practice, today)
    if problems:
        raise NotReady(problems)

    freeze_details(invoice, practice, today)
    invoice.issued_at, invoice.issued_by = at, by
    # The number last: other issuing waits for this transaction from here on.
    invoice.number = numbers.take(numbers.INVOICE, today.year)
    invoice.save()
    pdf = documents.invoice_pdf(invoice)
    InvoiceDocument.objects.create(invoice=invoice, pdf=pdf, sha256=documents.sha256(pdf))
    emails.invoice_issued(invoice, at=at)
    return invoice


def _lock(invoice: Invoice) -> Invoice:
    rows = Invoice.objects.select_related("user", "organisation")
    locked = rows.select_for_update(of=("self",)).filter(pk=invoice.pk).first()
    if locked is None:
        raise Refusal("This draft has been deleted in the meantime.")
    if locked.is_issued:
        raise AlreadyIssued(f"{locked.number} has been issued already.")
    return locked


def freeze_details(invoice: Invoice, practice: Practice, today: date) -> None:
    """Copy what the invoice needs of today: rates, sums, dates, seller and buyer."""
    for line in invoice.lines.all():
        line.vat_rate = practice.rate_of(line, today)
        line.save(update_fields=["net", "vat_rate"])
    totals = invoice.totals()
    invoice.net, invoice.vat, invoice.total = totals.net, totals.vat, totals.total
    invoice.issued_on = today
    invoice.due_on = today + timedelta(days=_days_to_pay(invoice, practice))
    invoice.seller = snapshots.seller(practice, today)
    invoice.buyer = snapshots.buyer(invoice.payer)


def _days_to_pay(invoice: Invoice, practice: Practice) -> int:
    if invoice.organisation:
        return invoice.organisation.payment_terms_days
    return practice.client_payment_days


@transaction.atomic
def send_again(*, invoice: Invoice, at: datetime) -> None:
    """Send an issued invoice to its payer once more."""
    if not invoice.is_issued:
        raise Refusal("A draft is not sent: issue it first.")
    if invoice.is_forgotten:
        raise Refusal("Its PDF is no longer kept, so it cannot be sent.")
    emails.invoice_issued(invoice, at=at, occasion=f"again {at.isoformat()}")
