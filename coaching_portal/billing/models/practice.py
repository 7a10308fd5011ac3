"""The one business that runs this portal."""

from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q

from coaching_portal.billing.models.invoice_lines import InvoiceLine
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.personal_data.audit import tracked


@tracked(
    "legal_name",
    "bank_account_name",
    "bank_sort_code",
    "bank_account_number",
    "vat_number",
    "vat_registered_from",
)
class Practice(models.Model):
    """Whose name is on pages, mail and invoices. An invoice copies what it needs on the day."""

    name = models.CharField(
        max_length=200, default="Example Practice", help_text="As people know it."
    )
    legal_name = models.CharField(max_length=200, blank=True)
    legal_form = models.CharField(
        max_length=60, blank=True, help_text="Such as sole trader, partnership, limited company."
    )
    company_number = models.CharField(max_length=20, blank=True)
    address = models.TextField(blank=True)
    email = models.EmailField("email address", blank=True, default="practice@example.org")
    phone = models.CharField("phone", max_length=40, blank=True)

    bank_account_name = models.CharField("account name", max_length=100, blank=True)
    bank_sort_code = models.CharField("sort code", max_length=8, blank=True)
    bank_account_number = models.CharField("account number", max_length=20, blank=True)
    client_payment_days = models.PositiveSmallIntegerField(
        "days that clients have to pay",
        default=14,
        help_text="Organisations have payment terms of their own.",
    )

    vat_number = models.CharField("VAT registration number", max_length=20, blank=True)
    vat_registered_from = models.DateField(
        "registered for VAT from",
        null=True,
        blank=True,
        help_text="Invoices issued from this date on carry VAT.",
    )
    vat_rate = models.DecimalField(
        "standard rate of VAT, %", max_digits=5, decimal_places=2, default=Decimal("20.00")
    )

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(name="billing_one_practice", condition=Q(pk=1)),
            models.CheckConstraint(
                name="billing_practice_vat_number_comes_with_its_date",
                condition=Q(vat_number="", vat_registered_from__isnull=True)
                | ~Q(vat_number="") & Q(vat_registered_from__isnull=False),
                violation_error_message="Enter both the VAT registration number and its date, "
                "or neither.",
            ),
            models.CheckConstraint(
                name="billing_practice_vat_rate_is_0_to_100",
                condition=Q(vat_rate__gte=0, vat_rate__lte=100),
                violation_error_message="Enter a rate of VAT from 0 to 100.",
            ),
        ]

    def __str__(self):
        return self.name

    @classmethod
    def current(cls) -> Self:
        """The practice's record, made with placeholders where nobody has filled it in yet."""
        return _PRACTICE.first() or cls.objects.get_or_create(pk=1)[0]

    def charges_vat(self, on: date) -> bool:
        since = self.vat_registered_from
        return bool(self.vat_number) and since is not None and since <= on

    def rate_of(self, line: InvoiceLine, on: date) -> Decimal:
        """The rate of VAT, in per cent, that a line carries when it is issued on that date."""
        if not self.charges_vat(on):
            return Decimal("0.00")
        return self.vat_rate if line.vat_rate is None else line.vat_rate

    def missing_for_invoices(self) -> list[str]:
        """The names of the details that an invoice needs and that nobody has filled in."""
        needed = (
            "legal_name",
            "address",
            "bank_account_name",
            "bank_sort_code",
            "bank_account_number",
        )
        labels = {field.name: str(field.verbose_name) for field in self._meta.fields}
        return [labels[name] for name in needed if not getattr(self, name).strip()]


_PRACTICE: PreparedQuery[Any] = PreparedQuery(lambda: Practice.objects.filter(pk=1))
