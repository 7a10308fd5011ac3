"""Whether an organisation's finance department would accept a purchase order number."""


def problem_with(organisation, number):
    """What to do about the number, in words; empty where it will do."""
    if not number:
        missing = f"Enter the purchase order number: {organisation} requires one."
        return missing if organisation.requires_purchase_order else ""
    if organisation.accepts_purchase_order(number):
        return ""
    hint = organisation.purchase_order_hint or "as your finance department writes it"
    return f"Enter the purchase order number in the form that {organisation} uses: {hint}."
