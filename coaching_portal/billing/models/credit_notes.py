"""Credit notes: how an issued invoice is corrected."""

from django.db import models
from django.db.models import Q

from coaching_portal.billing import amounts
from coaching_portal.billing.models.document_guards import (
    credit_fits_its_line,
    guards_of_credit_note,
    protect_issued_lines,
    protect_pdf,
)
from coaching_portal.billing.models.issued import (
    IssuedDocument,
    StoredPdf,
    hash_constraint,
    issued_constraints,
)
from coaching_portal.common.guards import never_truncated
from coaching_portal.personal_data.audit import tracked


@tracked("number", "issued_at", "invoice", "total")
class CreditNote(IssuedDocument):
    """What is taken off one invoice. Seller and buyer are those of the invoice."""

    invoice = models.ForeignKey("billing.Invoice", models.PROTECT, related_name="credit_notes")
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = issued_constraints("billing_credit_note")
        triggers = guards_of_credit_note()

    def __str__(self):
        return self.number or f"Credit note for {self.invoice}"

    def totals(self) -> amounts.Totals:
        """The sums by VAT rate; VAT follows what had been credited before this note."""
        earlier = CreditNoteLine.objects.filter(
            credit_note__invoice=self.invoice_id, credit_note__pk__lt=self.pk
        )
        return amounts.credit_totals(
            self.lines.values_list("net", "vat_rate"),
            before=earlier.values_list("net", "vat_rate"),
        )


class CreditNoteLine(models.Model):
    credit_note = models.ForeignKey(CreditNote, models.CASCADE, related_name="lines")
    invoice_line = models.ForeignKey("billing.InvoiceLine", models.PROTECT, related_name="credits")
    net = models.DecimalField(max_digits=10, decimal_places=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="billing_credit_is_more_than_nothing", condition=Q(net__gt=0)
            ),
            models.UniqueConstraint(
                fields=["credit_note", "invoice_line"], name="billing_credit_names_a_line_once"
            ),
        ]
        triggers = [
            protect_issued_lines(table="billing_creditnote", column="credit_note_id"),
            credit_fits_its_line(),
            never_truncated(),
        ]

    def __str__(self):
        return str(self.invoice_line)


class CreditNoteDocument(StoredPdf):
    credit_note = models.OneToOneField(CreditNote, models.PROTECT, related_name="document")

    class Meta:
        constraints = [hash_constraint("billing_credit_note_document_hash")]
        triggers = [
            protect_pdf(table="billing_creditnote", column="credit_note_id"),
            never_truncated(),
        ]

    def __str__(self):
        return f"{self.credit_note}.pdf"
