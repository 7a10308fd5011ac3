"""The facts of a day that an issued invoice keeps: who sold and who bought, in plain values."""


def seller(practice, on):
    kept = ("name", "legal_name", "legal_form", "company_number", "address", "email", "phone")
    bank = ("bank_account_name", "bank_sort_code", "bank_account_number")
    return {
        **{name: getattr(practice, name) for name in (*kept, *bank)},
        "vat_number": practice.vat_number if practice.charges_vat(on) else "",
    }


def buyer(payer):
    if payer.organisation:
        organisation = payer.organisation
        return {
            "name": organisation.name,
            "address": organisation.address,
            "email": organisation.payables_email,
        }
    return {"name": str(payer.user), "address": "", "email": payer.user.email}
