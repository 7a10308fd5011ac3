"""Crediting what was invoiced for a course date that does not take place."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Sum

from coaching_portal.billing import actions as billing
from coaching_portal.billing import amounts
from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine, Payment
from coaching_portal.billing.models.invoices import InvoiceQuerySet
from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.common.refusals import Refusal
from profiles.models import User
from training.models import Cohort, CourseBooking

REASON = "Course cancelled"


@dataclass(frozen=True)
class CohortCredit:
    """One invoice with places of a cancelled cohort: what is to be credited of it, and repaid.

    `totals` is nothing once all of it is credited; `notes` have done so.
    """

    invoice: Invoice
    totals: amounts.Totals
    to_repay: Decimal
    notes: list

    @property
    def is_to_do(self) -> bool:
        return self.totals.total > 0


@dataclass(frozen=True)
class CreditedCohort:
    """What became of each invoice: a credit note, or the reason why not."""

    issued: list[CreditNote] = field(default_factory=list)
    refused: list[tuple[Invoice, str]] = field(default_factory=list)


def cohort_credits(*, cohort: Cohort, on: date) -> list[CohortCredit]:
    """Every issued invoice with places of the cohort, in the order of their numbers."""
    if not cohort.is_cancelled:
        return []
    invoices = _invoices(cohort).with_balances(on).select_related("user", "organisation")
    return [_credit_of(invoice, cohort) for invoice in invoices.order_by("issued_at", "pk")]


def _invoices(cohort: Cohort) -> InvoiceQuerySet:
    lines = cohort.bookings.exclude(invoice_line=None).values("invoice_line")
    return Invoice.objects.issued().filter(lines__in=lines).distinct()


def _credit_of(invoice: Invoice, cohort: Cohort) -> CohortCredit:
    owed = owed_back(cohort, invoice)
    before = CreditNoteLine.objects.filter(credit_note__invoice=invoice)
    totals = amounts.credit_totals(
        [(amount, line.charged_rate) for line, amount in owed.items()],
        before=before.values_list("net", "vat_rate"),
    )
    overpaid = totals.total - invoice.outstanding if totals.total else NOTHING
    lines = cohort.bookings.values("invoice_line")
    notes = invoice.credit_notes.filter(lines__invoice_line__in=lines).distinct()
    return CohortCredit(
        invoice=invoice,
        totals=totals,
        to_repay=max(overpaid, NOTHING) + _released(invoice),
        notes=list(notes.order_by("pk")),
    )


def _released(invoice: Invoice) -> Decimal:
    """Money that a credit has taken off the invoice, and that is with its payment still."""
    once = Payment.objects.filter(allocations__invoice=invoice, reversed_at=None)
    payments = Payment.objects.filter(pk__in=once.values("pk")).with_unallocated()
    on_account = sum((payment.unallocated for payment in payments), NOTHING)
    credited = invoice.credit_notes.aggregate(s=Sum("total"))["s"] or NOTHING
    return min(on_account, credited)


def owed_back(cohort: Cohort, invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    """{line: amount before VAT} of the cohort's places on the invoice, not yet credited."""
    bookings = CourseBooking.objects.in_cancelled_cohorts().to_credit()
    found = bookings.filter(cohort=cohort, invoice_line__invoice=invoice)
    found = found.select_related("invoice_line").order_by("pk")
    return {row.invoice_line: row.amount_to_credit for row in found if row.invoice_line}


def credit_cohort(*, cohort: Cohort, by: User, at: datetime) -> CreditedCohort:
    """Credit each invoice in a transaction of its own, so that one refusal stops no other."""
    result = CreditedCohort()
    for invoice in _invoices(cohort).order_by("issued_at", "pk"):
        try:
            note = billing.credit_owed(
                invoice=invoice,
                owed_back=lambda locked: owed_back(cohort, locked),
                reason=REASON,
                by=by,
                at=at,
            )
        except Refusal as refusal:
            result.refused.append((invoice, str(refusal)))
        except CouldNotWrite:
            result.refused.append((invoice, "Its PDF could not be written."))
        else:
            result.issued.extend([note] if note else [])
    return result
