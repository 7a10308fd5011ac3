from typing import cast

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from coaching_portal.billing import actions, amounts
from coaching_portal.billing.admin import invoice_pages as pages
from coaching_portal.billing.models import Invoice, InvoiceLine, Practice
from coaching_portal.billing.models.invoices import InvoiceQuerySet
from coaching_portal.common import formatting, to_do
from coaching_portal.common.admin import PortalModelAdmin
from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import money
from coaching_portal.common.money_fields import LARGEST


def today():
    return london_date(timezone.now())


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = "status", "state"

    def lookups(self, request, model_admin):
        return [
            ("draft", "Draft"),
            ("due", "Issued, to be paid"),
            ("overdue", "Overdue"),
            ("settled", "Paid or credited"),
        ]

    def queryset(self, request, queryset):
        chosen = {
            "draft": queryset.drafts(),
            "due": queryset.unpaid(today()),
            "overdue": queryset.overdue(today()),
            "settled": queryset.settled(today()),
        }
        return chosen.get(self.value() or "", queryset)


class LineFormSet(forms.BaseInlineFormSet):
    """Fields in a table have no labels of their own; each says aloud what its column is."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for field in form.fields.values():
            if not field.widget.is_hidden:
                field.widget.attrs.setdefault("aria-label", field.label)

    def clean(self):
        super().clean()
        kept = [form for form in self.forms if form.is_valid() and form.cleaned_data]
        lines = [form.instance for form in kept if not form.cleaned_data.get("DELETE")]
        net = sum(amounts.line_net(line.quantity, line.unit_price) for line in lines)
        if net > LARGEST:
            raise forms.ValidationError(
                f"These lines come to {money(net)}. An invoice can come to {money(LARGEST)} at "
                "most: make another invoice of some of them."
            )


class InvoiceLineInline(admin.TabularInline):
    model = InvoiceLine
    fields = ("description", "supplied_on", "quantity", "unit_price", "vat_rate", "amount")
    readonly_fields = ("amount",)
    extra = 0
    verbose_name, verbose_name_plural = "line", "lines"
    formset = LineFormSet

    @admin.display(description="amount")
    def amount(self, line):
        return money(line.net) if line.pk else ""

    def has_add_permission(self, request, obj=None):
        return obj is None or not obj.is_issued

    def has_change_permission(self, request, obj=None):
        return obj is None or not obj.is_issued

    has_delete_permission = has_change_permission


@admin.register(Invoice)
class InvoiceAdmin(PortalModelAdmin):
    """Drafts are edited here; what is issued is shown, with what can be done about it."""

    list_display = ("name", "payer", "issued", "due", "sum", "open", "state")
    list_display_links = ("name",)
    list_filter = (StateFilter,)
    list_select_related = ("user", "organisation")
    search_fields = (
        "number",
        "purchase_order",
        "user__name",
        "user__email",
        "organisation__name",
    )
    date_hierarchy = "issued_on"
    actions = None
    view_on_site = False
    inlines = (InvoiceLineInline,)
    change_list_template = "billing/admin/invoice/change_list.html"
    change_form_template = "billing/admin/invoice/change_form.html"
    index_links = [("Invoice everything up to …", "invoicing")]

    def get_queryset(self, request):
        found = cast(InvoiceQuerySet, super().get_queryset(request))
        return found.with_balances(today()).with_draft_net().newest_first()

    def get_ordering(self, request):
        return ()

    @admin.display(description="number", ordering="number")
    def name(self, invoice):
        return invoice.number or "Draft"

    @admin.display(description="payer")
    def payer(self, invoice):
        order = invoice.purchase_order
        return f"{invoice.payer_name}, {order}" if order else invoice.payer_name

    @admin.display(description="issued", ordering="issued_at")
    def issued(self, invoice):
        return f"{invoice.issued_on:%d %b %Y}" if invoice.is_issued else "–"

    @admin.display(description="due", ordering="due_on")
    def due(self, invoice):
        return f"{invoice.due_on:%d %b %Y}" if invoice.is_issued else "–"

    @admin.display(description="total", ordering="total")
    def sum(self, invoice):
        if invoice.is_issued:
            return money(invoice.total)
        return f"{money(invoice.draft_net)} before VAT"

    @admin.display(description="amount to pay", ordering="outstanding")
    def open(self, invoice):
        return money(invoice.outstanding) if invoice.is_issued else "–"

    @admin.display(description="status")
    def state(self, invoice):
        days = invoice.days_overdue
        return f"{invoice.state} by {formatting.count(days, 'day')}" if days else invoice.state

    # What may be done with it.

    def has_change_permission(self, request, obj=None):
        is_draft = obj is None or not obj.is_issued
        return is_draft and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        is_draft = obj is not None and not obj.is_issued
        return is_draft and super().has_delete_permission(request, obj)

    def get_fields(self, request, obj=None):
        payer = ("user", "organisation", "purchase_order")
        if obj is None or not obj.is_issued:
            return payer
        return ("number", *payer, "issued_on", "due_on", "issued_by", "net", "vat", "total")

    def save_model(self, request, obj, form, change):
        if not change:
            obj.drafted_at, obj.drafted_by = timezone.now(), request.user
        super().save_model(request, obj, form, change)

    def delete_model(self, request, obj):
        actions.delete_draft(invoice=obj)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # A trigger, or a conflict: it was issued while this page was open.
            messages.error(request, "It was issued in the meantime, so nothing was changed.")
            return HttpResponseRedirect(request.path)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["invoice"] = obj
            context["draft_totals"] = self._draft_totals(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _draft_totals(self, invoice):
        return None if invoice.is_issued else invoice.totals_if_issued(Practice.current(), today())

    def changelist_view(self, request, extra_context=None):
        aged = Invoice.objects.aged_debtors(today())
        shown = {"aged": aged, "title": "Invoices", **(extra_context or {})}
        return super().changelist_view(request, shown)

    def get_urls(self):
        def page(route, view):
            name = f"billing_invoice_{view.__name__}"
            return path(route, self.admin_site.admin_view(view), name=name)

        return [
            page("accountant/", pages.accountant),
            page("<int:pk>/pdf/", pages.pdf),
            page("<int:pk>/issue/", pages.issue),
            page("<int:pk>/credit/", pages.credit),
            page("<int:pk>/pay/", pages.pay),
            page("<int:pk>/send-again/", pages.send_again),
            *super().get_urls(),
        ]


to_do.register("Invoices in draft", 50, lambda at: (Invoice.objects.drafts(), "state=draft"))
