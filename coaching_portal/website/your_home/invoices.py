"""Invoices to pay, as the sections of payers show them: how many, how much, by when."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Min, Sum

from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.models.invoices import InvoiceQuerySet
from coaching_portal.common.dates import london_midnight


@dataclass(frozen=True)
class InvoicesToPay:
    number: int
    amount: Decimal
    first_due_on: date | None
    today: date

    @property
    def is_overdue(self) -> bool:
        return self.first_due_on is not None and self.first_due_on < self.today

    @property
    def due_at(self) -> datetime | None:
        return london_midnight(self.first_due_on) if self.first_due_on else None


def to_pay(invoices: InvoiceQuerySet, today: date) -> InvoicesToPay:
    found = invoices.unpaid(today).aggregate(
        number=Count("pk"), amount=Sum("outstanding"), first_due_on=Min("due_on")
    )
    return InvoicesToPay(found["number"], found["amount"] or NOTHING, found["first_due_on"], today)
