"""What invoicing keeps about people: what the law asks, and so it stays.

Six years: Taxes Management Act 1970, section 12B; Companies Act 2006, section 388; VAT Act 1994,
schedule 11, paragraph 6.
"""

from coaching_portal import privacy
from coaching_portal.billing.models import CreditNote, Invoice, Payment


def register():
    privacy.keep(
        "invoices",
        what="Invoices, credit notes and payments, with your name and address as they were then",
        why="Tax law requires us to keep them; they say dates and kinds of service only.",
        how_long="At least six years after the end of the tax year, also when you are erased.",
        export=_invoices,
        documents=_papers,
    )


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
            yield f"{document.number}.pdf", bytes(document.document.pdf)
