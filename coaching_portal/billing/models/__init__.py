from coaching_portal.billing.models.credit_notes import (
    CreditNote,
    CreditNoteDocument,
    CreditNoteLine,
)
from coaching_portal.billing.models.invoice_lines import InvoiceLine
from coaching_portal.billing.models.invoices import Invoice, InvoiceDocument
from coaching_portal.billing.models.issued import NumberSeries
from coaching_portal.billing.models.payments import Allocation, Payment
from coaching_portal.billing.models.practice import Practice

__all__ = [
    "Allocation",
    "CreditNote",
    "CreditNoteDocument",
    "CreditNoteLine",
    "Invoice",
    "InvoiceDocument",
    "InvoiceLine",
    "NumberSeries",
    "Payment",
    "Practice",
]
