"""Fields for sums of money: each form says the largest sum, which is what a column holds."""

from decimal import Decimal

from django import forms
from django.db import models

from coaching_portal.common.formatting import money

LARGEST = Decimal("99999999.99")
# So that the price of the longest session (a day) fits into its column, too.
LARGEST_RATE = Decimal("999999.99")


class AmountField(models.DecimalField):
    """A DecimalField whose forms name the largest sum. To migrations it is a DecimalField."""

    def __init__(self, *args, largest=LARGEST, **kwargs):
        super().__init__(*args, **kwargs)
        self.largest = largest

    def deconstruct(self):
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs

    def formfield(self, **kwargs):
        return super().formfield(**{**_limit(self.largest), "max_digits": None, **kwargs})


def amount_field(label, *, max_value=LARGEST, **options):
    """A form's field for a sum of money, of at most `max_value`."""
    limit = _limit(min(max_value, LARGEST))
    messages = {**limit.pop("error_messages"), **options.pop("error_messages", {})}
    return forms.DecimalField(
        label=label, decimal_places=2, error_messages=messages, **limit, **options
    )


def _limit(largest):
    words = f"Enter {money(largest)} or less."
    return {"max_value": largest, "error_messages": {"max_value": words}}
