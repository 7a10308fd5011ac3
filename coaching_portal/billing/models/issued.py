"""What invoices and credit notes have in common: a number, a copy on paper, and that they stay."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value

from coaching_portal.billing.models.document_guards import guards_of_series

MONEY = models.DecimalField(max_digits=12, decimal_places=2)  # of a sum in a query


class IssuedDocument(models.Model):
    """A draft until `issued_at`; number, dates and totals are written once, by issuing it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, blank=True, editable=False)
    issued_at = models.DateTimeField(null=True, editable=False)
    issued_on = models.DateField(null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    net = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)
    vat = models.DecimalField("VAT", max_digits=10, decimal_places=2, null=True, editable=False)
    total = models.DecimalField(max_digits=10, decimal_places=2, null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_issued(self):
        return self.issued_at is not None


class StoredPdf(models.Model):
    """The PDF of an issued document, as it was written in the issuing transaction."""

    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        abstract = True

    @property
    def is_forgotten(self):
        """Its bytes went when the law no longer asked for them (see `billing.privacy`)."""
        return not self.pdf


class NumberSeries(models.Model):
    """The last number taken in one series and calendar year.

    Its row is locked by the transaction that issues, so that numbers have no gap and no duplicate.
    """

    prefix = models.CharField(max_length=4)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "number series"
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year"], name="billing_one_series_a_year")
        ]
        triggers = guards_of_series()

    def __str__(self):
        return f"{self.prefix}-{self.year}-{self.last:04d}"


def issued_constraints(prefix):
    """Number, dates and totals belong to issued documents, all of them, and numbers are unique."""
    nothing = Q(number="", issued_on__isnull=True, total__isnull=True)
    everything = ~Q(number="") & Q(
        issued_on__isnull=False,
        issued_by__isnull=False,
        total=F("net") + F("vat"),
        net__gte=0,
        vat__gte=0,
    )
    return [
        models.UniqueConstraint(
            fields=["number"], condition=~Q(number=""), name=f"{prefix}_number_is_unique"
        ),
        models.CheckConstraint(
            name=f"{prefix}_is_a_draft_or_whole",
            condition=Q(issued_at__isnull=True) & nothing | Q(issued_at__isnull=False) & everything,
        ),
    ]


def hash_constraint(name):
    """The stored hash is that of the stored bytes."""
    digest = Func(
        Func(F("pdf"), function="sha256", output_field=models.BinaryField()),
        Value("hex"),
        function="encode",
        output_field=models.CharField(),
    )
    return models.CheckConstraint(name=name, condition=Q(sha256=digest))
