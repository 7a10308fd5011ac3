"""What invoicing keeps about people: what the law asks, for as long as it asks, and no longer.

Six years after the one that they belong to: Taxes Management Act 1970, section 12B; Companies Act
2006, section 388; VAT Act 1994, schedule 11, paragraph 6. What goes
then: docs/decisions/invoices-forget-their-customer.md.
"""

import hashlib

from coaching_portal.billing.models import (
    CreditNote,
    CreditNoteDocument,
    Invoice,
    InvoiceDocument,
    Payment,
)
from coaching_portal.billing.models.invoices import FORGOTTEN
from coaching_portal.common.dates import london_date
from coaching_portal.personal_data import privacy, retention

# Six years and the current one, whenever the practice's financial year ends.
SEVEN_YEARS = 7 * 365 + 2


def register():
    privacy.keep(
        "invoices",
        what="Invoices, credit notes and payments, with your name and address as they were then",
        why="Tax law requires us to keep them; they say dates and kinds of service only.",
        how_long="Seven years (six and the current one), also when you are erased. Then your "
        "name, your address and the PDFs go; numbers, dates and sums stay.",
        export=_invoices,
        documents=_papers,
    )
    _forget_after("invoices", "Names, addresses and PDFs of invoices", _invoices_before, _forget)
    _forget_after(
        "credit-notes", "Reasons and PDFs of credit notes", _credit_notes_before, _forget_notes
    )
    _forget_after("payments", "References of payments", _payments_before, _forget_references)


def _forget_after(name, what, find, forget):
    privacy.register_retention(
        name, days=SEVEN_YEARS, least_days=SEVEN_YEARS, what=what, find=find, forget=forget
    )


def _invoices_before(before):
    return (
        Invoice.objects.issued().filter(issued_on__lt=london_date(before)).exclude(buyer=FORGOTTEN)
    )


def _credit_notes_before(before):
    old = CreditNote.objects.filter(issued_on__lt=london_date(before))
    return old.exclude(reason=FORGOTTEN["name"])


def _payments_before(before):
    old = Payment.objects.filter(received_on__lt=london_date(before))
    return old.exclude(reference="", reversal_reason="")


def _forget(rows):
    """Number, dates, lines and sums stay: what has been invoiced is not invoiced again."""
    keys = list(rows.values_list("pk", flat=True))
    with retention.allowed():
        _empty(InvoiceDocument.objects.filter(invoice__in=keys))
        rows.update(buyer=FORGOTTEN, purchase_order="")


def _forget_notes(rows):
    keys = list(rows.values_list("pk", flat=True))
    with retention.allowed():
        _empty(CreditNoteDocument.objects.filter(credit_note__in=keys))
        rows.update(reason=FORGOTTEN["name"])


def _forget_references(rows):
    with retention.allowed():
        rows.update(reference="", reversal_reason="")


def _empty(papers):
    """The rows stay, so that every issued document has one; the bytes go."""
    papers.update(pdf=b"", sha256=hashlib.sha256(b"").hexdigest())


def _issued_to(user):
    return Invoice.objects.issued().filter(user=user).order_by("issued_at", "pk")


def _invoices(user):
    rows = [
        {
            "number": invoice.number,
            "issued": invoice.issued_on.isoformat(),
            "due": invoice.due_on.isoformat(),
            "total": str(invoice.total),
            "to": invoice.buyer,
        }
        for invoice in _issued_to(user)
    ]
    payments = Payment.objects.filter(user=user).order_by("received_on", "pk")
    return rows + [
        {
            "payment received": payment.received_on.isoformat(),
            "amount": str(payment.amount),
            "method": payment.get_method_display(),
            "reference": payment.reference,
        }
        for payment in payments
    ]


def _papers(user):
    notes = CreditNote.objects.filter(invoice__user=user, issued_at__isnull=False)
    for issued in (_issued_to(user), notes.order_by("issued_at", "pk")):
        for document in issued.select_related("document"):
            if document.document.is_forgotten:
                continue
            yield f"{document.number}.pdf", bytes(document.document.pdf)
