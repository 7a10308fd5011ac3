"""The lines of an invoice: editable on a draft, kept once it is issued."""

from decimal import Decimal
from typing import cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value

from coaching_portal.billing import amounts
from coaching_portal.billing.models.document_guards import protect_issued_lines
from coaching_portal.common.formatting import money
from coaching_portal.common.guards import never_truncated
from coaching_portal.common.money_fields import LARGEST, AmountField


class InvoiceLine(models.Model):
    """What was sold, in neutral words: date and kind of service, never a goal or a topic.

    What was sold points here (`invoice_line`, one-to-one), and this end does not know what it is.
    """

    invoice = models.ForeignKey("billing.Invoice", models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200)
    supplied_on = models.DateField()
    quantity = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    unit_price = AmountField("unit price, £", max_digits=10, decimal_places=2)
    vat_rate = models.DecimalField(
        "VAT rate, %",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Empty: the standard rate.",
    )
    net = models.DecimalField(max_digits=10, decimal_places=2, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="billing_line_quantity_is_more_than_nothing",
                condition=Q(quantity__gt=0),
                violation_error_message="Enter a quantity of more than nothing.",
            ),
            models.CheckConstraint(
                name="billing_line_price_is_not_negative",
                condition=Q(unit_price__gte=0),
                violation_error_message="Enter a price of £0.00 or more.",
            ),
            models.CheckConstraint(
                name="billing_line_vat_rate_is_0_to_100",
                condition=Q(vat_rate__isnull=True) | Q(vat_rate__gte=0, vat_rate__lte=100),
                violation_error_message="Enter a rate of VAT from 0 to 100.",
            ),
            models.CheckConstraint(
                name="billing_line_net_is_quantity_times_price",
                condition=Q(
                    net=models.Func(
                        F("quantity") * F("unit_price"),
                        Value(2),
                        function="ROUND",
                        output_field=models.DecimalField(max_digits=10, decimal_places=2),
                    )
                ),
            ),
        ]
        triggers = [
            protect_issued_lines(table="billing_invoice", column="invoice_id"),
            never_truncated(),
        ]

    def __str__(self):
        return self.description

    def save(self, *args, **kwargs):
        self.net = amounts.line_net(self.quantity, self.unit_price)
        super().save(*args, **kwargs)

    def clean(self):
        if self.quantity is None or self.unit_price is None:
            return
        net = amounts.line_net(self.quantity, self.unit_price)
        if net > LARGEST:
            raise ValidationError(
                f"This line comes to {money(net)}. A line can come to {money(LARGEST)} at most."
            )

    @property
    def charged_rate(self) -> Decimal:
        """The rate of VAT that it took when it was issued."""
        return cast(Decimal, self.vat_rate)
