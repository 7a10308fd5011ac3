"""The ledger in Django admin. What is issued is only shown; each act has a page that asks."""

from coaching_portal.billing.admin.credit_notes import CreditNoteAdmin
from coaching_portal.billing.admin.invoices import InvoiceAdmin
from coaching_portal.billing.admin.payments import PaymentAdmin
from coaching_portal.billing.admin.practice import PracticeAdmin

__all__ = ["CreditNoteAdmin", "InvoiceAdmin", "PaymentAdmin", "PracticeAdmin"]
