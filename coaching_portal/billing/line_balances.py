"""What each line of issued invoices asks for and what has been paid of it, before VAT."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import cast

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from coaching_portal.billing import amounts
from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.models import CreditNoteLine, Invoice, InvoiceLine
from coaching_portal.billing.models.issued import MONEY


@dataclass(frozen=True)
class LineBalance:
    number: str
    issued_on: date
    billed: Decimal  # less what has been credited of it
    credited: Decimal
    paid: Decimal


def of_invoices_with(lines: QuerySet[InvoiceLine], *, on: date) -> dict[int, LineBalance]:
    """{key of a line: its balance}, of all lines of the issued invoices that have one of these.

    What is paid is of an invoice, not of a line: see `amounts.paid_shares`.
    """
    issued = Invoice.objects.issued().filter(pk__in=lines.order_by().values("invoice"))
    invoices = issued.with_balances(on).in_bulk()
    rows = InvoiceLine.objects.filter(invoice__in=issued.order_by().values("pk"))
    rows = rows.annotate(credited=_credited(), billed=F("net") - F("credited"))
    columns = ("invoice", "pk", "billed", "credited")
    found: dict[int, LineBalance] = {}
    for key, of_invoice in groupby(rows.order_by(*columns[:2]).values_list(*columns), _invoice):
        if key in invoices:  # not issued between these two queries
            found |= _balances(invoices[key], [row[1:] for row in of_invoice])
    return found


def _balances(
    invoice: Invoice, lines: list[tuple[int, Decimal, Decimal]]
) -> dict[int, LineBalance]:
    owed = cast(Decimal, invoice.total) - invoice.credited
    shares = amounts.paid_shares((line[1] for line in lines), owed=owed, paid=invoice.paid)
    issued_on = cast(date, invoice.issued_on)
    return {
        key: LineBalance(invoice.number, issued_on, billed, credited, paid)
        for (key, billed, credited), paid in zip(lines, shares, strict=True)
    }


def _invoice(row: tuple[int, int, Decimal, Decimal]) -> int:
    return row[0]


def _credited() -> Coalesce:
    notes = CreditNoteLine.objects.filter(
        invoice_line=OuterRef("pk"), credit_note__issued_at__isnull=False
    )
    sums = notes.order_by().values("invoice_line").annotate(sum=Sum("net")).values("sum")
    return Coalesce(Subquery(sums), Value(NOTHING), output_field=MONEY)
