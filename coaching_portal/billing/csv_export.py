"""What the accountant gets: issued invoices and credit notes of a period as a CSV file."""

from decimal import Decimal

from coaching_portal.billing.models import CreditNote, Invoice
from coaching_portal.common import csv_files

COLUMNS = (
    "document",
    "number",
    "issued on",
    "due on",
    "payer",
    "purchase order",
    "corrects",
    "net",
    "VAT",
    "total",
    "outstanding",
)


def write_csv(file, *, since, until, on):
    """One row a document issued in [since, until], credits as negative amounts; `on` is today."""
    csv_files.write(file, [COLUMNS, *rows(since=since, until=until, on=on)])


def rows(*, since, until, on):
    period = {"issued_on__gte": since, "issued_on__lte": until}
    invoices = Invoice.objects.with_balances(on).filter(**period)
    notes = CreditNote.objects.filter(**period).select_related("invoice")
    found = [*map(_invoice_row, invoices), *map(_credit_note_row, notes)]
    return sorted(found, key=lambda row: (row[2], row[0] != "invoice", row[1]))


def _invoice_row(invoice):
    payer = (invoice.buyer["name"], invoice.purchase_order, "")
    amounts = (invoice.net, invoice.vat, invoice.total, invoice.outstanding)
    return ("invoice", invoice.number, invoice.issued_on, invoice.due_on, *payer, *amounts)


def _credit_note_row(note):
    invoice = note.invoice
    payer = (invoice.buyer["name"], invoice.purchase_order, invoice.number)
    amounts = (-note.net, -note.vat, -note.total, Decimal("0.00"))
    return ("credit note", note.number, note.issued_on, "", *payer, *amounts)
