"""Payments, and which invoices they are for. Nothing is deleted: mistakes are reversed."""

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Sum, Value
from django.db.models.functions import Coalesce

from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models.issued import MONEY
from coaching_portal.billing.models.money_guards import guards_of_allocation, guards_of_payment
from coaching_portal.common.date_fields import within_reach
from coaching_portal.common.formatting import money, short_date
from coaching_portal.personal_data.audit import tracked


class PaymentQuerySet(models.QuerySet["Payment"]):
    def with_unallocated(self) -> Self:
        live = Q(allocations__reversed_at__isnull=True)
        nothing = Value(Decimal("0.00"), output_field=MONEY)
        return self.annotate(
            allocated=Coalesce(Sum("allocations__amount", filter=live), nothing),
            unallocated=models.Case(
                models.When(reversed_at__isnull=False, then=nothing),
                default=F("amount") - F("allocated"),
                output_field=MONEY,
            ),
        )

    def from_payer(self, payer: Payer) -> Self:
        return self.filter(user=payer.user, organisation=payer.organisation)


@tracked("user", "organisation", "amount", "received_on", "method", "reversed_at")
class Payment(models.Model):
    """Money that came in from one payer."""

    class Method(models.TextChoices):
        BANK_TRANSFER = "BANK_TRANSFER", "Bank transfer"
        CARD = "CARD", "Card"
        CHEQUE = "CHEQUE", "Cheque"
        CASH = "CASH", "Cash"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
        verbose_name="client",
    )
    organisation = models.ForeignKey(
        "profiles.Organisation", models.PROTECT, null=True, blank=True, related_name="payments"
    )
    amount = models.DecimalField("amount, £", max_digits=10, decimal_places=2)
    received_on = models.DateField()
    method = models.CharField(max_length=13, choices=Method, default=Method.BANK_TRANSFER)
    reference = models.CharField(
        max_length=100, blank=True, help_text="As it appears on the bank statement."
    )
    recorded_at = models.DateTimeField(editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, editable=False, related_name="+"
    )
    reversed_at = models.DateTimeField(null=True, editable=False)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    reversal_reason = models.CharField(max_length=200, blank=True, editable=False)

    objects = PaymentQuerySet.as_manager()

    # Of rows that came from `with_unallocated()`.
    allocated: Decimal
    unallocated: Decimal

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="billing_payment_has_one_payer",
                condition=Q(user__isnull=True, organisation__isnull=False)
                | Q(user__isnull=False, organisation__isnull=True),
                violation_error_message="Choose either a client or an organisation.",
            ),
            models.CheckConstraint(
                name="billing_payment_is_more_than_nothing",
                condition=Q(amount__gt=0),
                violation_error_message="Enter an amount of more than £0.00.",
            ),
            within_reach("billing_payment_is_received_within_reach", "received_on"),
        ]
        triggers = guards_of_payment()

    def __str__(self):
        payer = self.organisation or self.user
        return f"{money(self.amount)} from {payer}, {short_date(self.received_on)}"

    @property
    def payer(self):
        return Payer(user=self.user, organisation=self.organisation)

    @property
    def is_reversed(self):
        return self.reversed_at is not None


class AllocationQuerySet(models.QuerySet["Allocation"]):
    def live(self) -> Self:
        return self.filter(reversed_at__isnull=True)


@tracked("payment", "invoice", "amount", "reversed_at")
class Allocation(models.Model):
    """So much of a payment is for this invoice."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey("billing.Invoice", models.PROTECT, related_name="allocations")
    amount = models.DecimalField("amount, £", max_digits=10, decimal_places=2)
    allocated_at = models.DateTimeField()
    allocated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reversed_at = models.DateTimeField(null=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = AllocationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="billing_allocation_is_more_than_nothing", condition=Q(amount__gt=0)
            )
        ]
        triggers = guards_of_allocation()

    def __str__(self):
        return f"{money(self.amount)} for {self.invoice}"
