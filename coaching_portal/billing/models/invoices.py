"""Invoices: drafts that may be edited, issued ones that never change."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import DateField, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from coaching_portal.billing import amounts
from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models.credit_notes import CreditNote
from coaching_portal.billing.models.document_guards import guards_of_invoice, protect_pdf
from coaching_portal.billing.models.invoice_lines import InvoiceLine
from coaching_portal.billing.models.issued import (
    MONEY,
    IssuedDocument,
    StoredPdf,
    hash_constraint,
    issued_constraints,
)
from coaching_portal.billing.models.payments import Allocation
from coaching_portal.billing.models.practice import Practice
from coaching_portal.common.guards import never_truncated
from coaching_portal.personal_data.audit import tracked
from profiles.models import Membership, User

# The buyer of an invoice that the law no longer asks to keep (see `billing.privacy`).
FORGOTTEN = {"name": "Details no longer kept", "address": "", "email": ""}


def _sum_of(rows: models.QuerySet, field: str) -> Coalesce:
    """The sum of a field over rows that belong to the invoice of the outer query."""
    sums = rows.filter(invoice=OuterRef("pk")).order_by().values("invoice").annotate(s=Sum(field))
    return Coalesce(Subquery(sums.values("s")), Value(NOTHING), output_field=MONEY)


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def drafts(self) -> Self:
        return self.filter(issued_at__isnull=True)

    def issued(self) -> Self:
        return self.filter(issued_at__isnull=False)

    def visible_to(self, user: User) -> Self:
        """Issued ones that the user pays, or answers for at the organisation that pays."""
        organisations = Membership.objects.filter(user=user, role__in=Invoice.READERS)
        return self.issued().filter(
            Q(user=user) | Q(organisation__in=organisations.values("organisation"))
        )

    def with_balances(self, on: date) -> Self:
        """With what is credited, paid and outstanding; `on` is the day to judge lateness by."""
        return self.annotate(
            credited=_sum_of(CreditNote.objects.filter(issued_at__isnull=False), "total"),
            paid=_sum_of(Allocation.objects.live(), "amount"),
            outstanding=F("total") - F("credited") - F("paid"),
            as_of=Value(on, output_field=DateField()),
        )

    def with_draft_net(self) -> Self:
        """With what the lines come to before VAT, as `draft_net`: a draft has no total yet."""
        return self.annotate(draft_net=_sum_of(InvoiceLine.objects.all(), "net"))

    def unpaid(self, on: date) -> Self:
        """Issued, and something is still outstanding."""
        return self.issued().with_balances(on).filter(outstanding__gt=0)

    def overdue(self, on: date) -> Self:
        return self.unpaid(on).filter(due_on__lt=on)

    def settled(self, on: date) -> Self:
        """Issued, and paid or credited in full."""
        return self.issued().with_balances(on).filter(outstanding__lte=0)

    def aged_debtors(self, on: date) -> list[tuple[str, Decimal]]:
        """What is outstanding by days since it was due: pairs of words and amount, and the sum."""
        late = {
            "not yet due": Q(due_on__gte=on),
            "1 to 30 days late": Q(due_on__lt=on, due_on__gte=on - timedelta(days=30)),
            "31 to 60 days": Q(
                due_on__lt=on - timedelta(days=30), due_on__gte=on - timedelta(days=60)
            ),
            "61 to 90 days": Q(
                due_on__lt=on - timedelta(days=60), due_on__gte=on - timedelta(days=90)
            ),
            "more than 90 days": Q(due_on__lt=on - timedelta(days=90)),
            "in all": Q(),
        }
        sums = {f"s{n}": Sum("outstanding", filter=q) for n, q in enumerate(late.values())}
        found = self.unpaid(on).aggregate(**sums)
        return [(words, found[f"s{n}"] or NOTHING) for n, words in enumerate(late)]

    def newest_first(self) -> Self:
        return self.order_by(F("issued_at").desc(nulls_first=True), "-number", "-pk")


@tracked("number", "issued_at", "user", "organisation", "purchase_order", "total")
class Invoice(IssuedDocument):
    """What one payer owes. `seller` and `buyer` are copies of the facts of the day of issue."""

    READERS = (
        Membership.Role.FINANCE,
        Membership.Role.SPONSOR,
        Membership.Role.TRAINING_CONTACT,
    )

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        verbose_name="client",
    )
    organisation = models.ForeignKey(
        "profiles.Organisation", models.PROTECT, null=True, blank=True, related_name="invoices"
    )
    purchase_order = models.CharField(max_length=50, blank=True)
    due_on = models.DateField(null=True, editable=False)
    seller = models.JSONField(default=dict, editable=False)
    buyer = models.JSONField(default=dict, editable=False)
    drafted_at = models.DateTimeField(editable=False)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    objects = InvoiceQuerySet.as_manager()

    # Of rows that came from `with_balances(on)`.
    credited: Decimal
    paid: Decimal
    outstanding: Decimal
    as_of: date

    class Meta:
        constraints = [
            *issued_constraints("billing_invoice"),
            models.CheckConstraint(
                name="billing_invoice_has_one_payer",
                condition=Q(user__isnull=True, organisation__isnull=False)
                | Q(user__isnull=False, organisation__isnull=True),
                violation_error_message="Choose either a client or an organisation.",
            ),
            models.CheckConstraint(
                name="billing_invoice_issued_has_its_due_date",
                condition=Q(issued_at__isnull=True, due_on__isnull=True)
                | Q(issued_at__isnull=False, due_on__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="billing_invoice_purchase_order_is_of_an_organisation",
                condition=Q(purchase_order="") | Q(organisation__isnull=False),
                violation_error_message="Only an organisation has a purchase order.",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="billing_invoice_due")]
        permissions = [("issue_invoice", "Can issue invoices and credit notes")]
        triggers = guards_of_invoice()

    def __str__(self):
        return self.number or f"Draft for {self.payer_name}"

    def get_absolute_url(self):
        return reverse("billing:invoice", args=[self.uuid])

    @property
    def payer(self) -> Payer:
        return Payer(
            user=self.user, organisation=self.organisation, purchase_order=self.purchase_order
        )

    @property
    def payer_name(self) -> str:
        """The buyer's name as it was on the day of issue; as it is now on a draft."""
        return self.buyer.get("name") or str(self.organisation or self.user)

    @property
    def is_forgotten(self) -> bool:
        return self.buyer == FORGOTTEN

    @property
    def charges_vat(self) -> bool:
        return bool(self.seller.get("vat_number"))

    def totals(self) -> amounts.Totals:
        """The sums by VAT rate, of the rates that the lines carry."""
        return amounts.totals((line.net, line.vat_rate or NOTHING) for line in self.lines.all())

    def totals_if_issued(self, practice: Practice, on: date) -> amounts.Totals:
        """What a draft would come to if it were issued on that date."""
        return amounts.totals((line.net, practice.rate_of(line, on)) for line in self.lines.all())

    # The following ask rows that came from `with_balances(on)`.

    @property
    def is_overdue(self) -> bool:
        is_due = self.due_on is not None and self.due_on < self.as_of
        return self.is_issued and self.outstanding > 0 and is_due

    @property
    def is_settled(self) -> bool:
        return self.is_issued and self.outstanding <= 0

    @property
    def can_be_credited(self) -> bool:
        return self.is_issued and self.total is not None and self.credited < self.total

    @property
    def days_overdue(self) -> int:
        return (self.as_of - self.due_on).days if self.due_on and self.is_overdue else 0

    @property
    def state(self) -> str:
        """The invoice's state in words."""
        if not self.is_issued:
            return "Draft"
        if self.is_settled:
            return "Credited" if self.credited == self.total and self.total else "Paid"
        if self.paid:
            return "Part paid, overdue" if self.is_overdue else "Part paid"
        return "Overdue" if self.is_overdue else "Due"


class InvoiceDocument(StoredPdf):
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="document")

    class Meta:
        constraints = [hash_constraint("billing_invoice_document_hash")]
        triggers = [
            protect_pdf(table="billing_invoice", column="invoice_id"),
            never_truncated(),
        ]

    def __str__(self):
        return f"{self.invoice}.pdf"
