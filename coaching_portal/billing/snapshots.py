"""The facts of a day that an issued invoice keeps: who sold and who bought, in plain values."""

from datetime import date

from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Practice
from profiles.models import Organisation


def seller(practice: Practice, on: date) -> dict[str, str]:
    kept = ("name", "legal_name", "legal_form", "company_number", "address", "email", "phone")
    bank = ("bank_account_name", "bank_sort_code", "bank_account_number")
    return {
        **{name: getattr(practice, name) for name in (*kept, *bank)},
        "vat_number": practice.vat_number if practice.charges_vat(on) else "",
    }


def buyer(payer: Payer) -> dict[str, str]:
    customer = payer.customer
    if isinstance(customer, Organisation):
        return {
            "name": customer.name,
            "address": customer.address,
            "email": customer.payables_email,
        }
    return {"name": str(customer), "address": "", "email": customer.mail_address}
