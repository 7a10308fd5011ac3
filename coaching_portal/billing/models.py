"""The ledger: the practice, invoices and their lines. It never learns what a session is."""

import uuid
from decimal import Decimal

from django.conf import settings
from django.db import models


class Practice(models.Model):
    """The one business that runs this portal: whose name is on pages, mail and invoices."""

    name = models.CharField(max_length=200, default="Example Practice")
    legal_name = models.CharField(max_length=200, blank=True)
    address = models.TextField(blank=True)
    email = models.EmailField(blank=True, default="practice@example.org")
    phone = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(name="billing_one_practice", condition=models.Q(pk=1))
        ]

    def __str__(self):
        return self.name

    @classmethod
    def current(cls):
        """The practice's record, made with placeholders where nobody has filled it in yet."""
        return cls.objects.get_or_create(pk=1)[0]


class Invoice(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    organisation = models.ForeignKey(
        "profiles.Organisation", models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    purchase_order = models.CharField(max_length=50, blank=True)
    issued_at = models.DateTimeField(null=True, editable=False)

    def __str__(self):
        return self.number or "Draft invoice"


class InvoiceLine(models.Model):
    """What was sold, in neutral words: date and kind of service, never a goal or a topic."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    description = models.CharField(max_length=200)
    supplied_on = models.DateField()
    quantity = models.DecimalField(max_digits=8, decimal_places=2, default=Decimal(1))
    unit_price = models.DecimalField(max_digits=10, decimal_places=2)

    def __str__(self):
        return self.description
