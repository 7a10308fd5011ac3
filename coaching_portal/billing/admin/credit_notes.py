from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path

from coaching_portal.billing.models import CreditNote, CreditNoteLine
from coaching_portal.billing.views import pdf_response
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly
from coaching_portal.common.formatting import money


class CreditNoteLineInline(ReadOnly, admin.TabularInline):
    model = CreditNoteLine
    fields = ("invoice_line", "net", "vat_rate")
    extra = 0
    verbose_name_plural = "lines"


@admin.register(CreditNote)
class CreditNoteAdmin(ReadOnly, PortalModelAdmin):
    """Made on the invoice's page, shown here."""

    list_display = ("number", "invoice", "payer", "issued_on", "amount", "reason")
    list_select_related = ("invoice", "invoice__user", "invoice__organisation")
    search_fields = ("number", "invoice__number", "reason")
    date_hierarchy = "issued_on"
    ordering = ("-issued_at", "-pk")
    fields = ("number", "invoice", "reason", "issued_on", "issued_by", "net", "vat", "total")
    inlines = (CreditNoteLineInline,)
    change_form_template = "billing/admin/creditnote/change_form.html"

    @admin.display(description="payer")
    def payer(self, note):
        return note.invoice.payer_name

    @admin.display(description="total")
    def amount(self, note):
        return money(note.total)

    def get_urls(self):
        pdf = path(
            "<int:pk>/pdf/", self.admin_site.admin_view(self.pdf), name="billing_creditnote_pdf"
        )
        return [pdf, *super().get_urls()]

    def pdf(self, request, pk):
        found = self.get_queryset(request).select_related("document")
        note = get_object_or_404(found, pk=pk)
        if not self.has_view_permission(request, note):
            raise PermissionDenied
        return pdf_response(note)
