from coaching_portal.billing.actions.credits import (
    CreditRefused,
    credit,
    credit_in_full,
    credit_owed,
    left_to_credit,
)
from coaching_portal.billing.actions.drafts import (
    NotADraft,
    NothingToInvoice,
    TooLarge,
    delete_draft,
    draft_invoice,
    remove_from_draft,
)
from coaching_portal.billing.actions.issuing import AlreadyIssued, NotReady, issue, send_again
from coaching_portal.billing.actions.payments import (
    AllocationRefused,
    PaymentRefused,
    allocate,
    record_payment,
    reverse_allocation,
    reverse_payment,
)

__all__ = [
    "AllocationRefused",
    "AlreadyIssued",
    "CreditRefused",
    "NotADraft",
    "NotReady",
    "NothingToInvoice",
    "PaymentRefused",
    "TooLarge",
    "allocate",
    "credit",
    "credit_in_full",
    "credit_owed",
    "delete_draft",
    "draft_invoice",
    "issue",
    "left_to_credit",
    "record_payment",
    "remove_from_draft",
    "reverse_allocation",
    "reverse_payment",
    "send_again",
]
