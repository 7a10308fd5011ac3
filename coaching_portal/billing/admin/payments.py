from typing import cast

from django.contrib import admin
from django.db.models import F
from django.urls import path, reverse
from django.utils.html import format_html

from coaching_portal.billing.admin import payment_pages as pages
from coaching_portal.billing.models import Allocation, Payment
from coaching_portal.billing.models.payments import PaymentQuerySet
from coaching_portal.common.admin import PortalModelAdmin
from coaching_portal.common.formatting import money, short_date


class AllocationInline(admin.TabularInline):
    model = Allocation
    fields = readonly_fields = ("invoice", "amount", "allocated_at", "allocated_by", "undo")
    extra = 0
    can_delete = False

    def get_queryset(self, request):
        return (
            super()
            .get_queryset(request)
            .select_related("invoice__user", "invoice__organisation", "allocated_by")
        )

    @admin.display(description="removed")
    def undo(self, allocation):
        if allocation.reversed_at:
            return f"Removed on {short_date(allocation.reversed_at)}"
        address = reverse("admin:billing_payment_remove_allocation", args=[allocation.pk])
        return format_html('<a href="{}">Remove…</a>', address)

    def has_add_permission(self, request, obj=None):
        return False


class LeftFilter(admin.SimpleListFilter):
    title, parameter_name = "what is left", "left"

    def lookups(self, request, model_admin):
        return [("yes", "Something is left to allocate"), ("no", "All is allocated")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(unallocated__gt=0)
        return queryset.filter(unallocated=0) if self.value() == "no" else queryset


@admin.register(Payment)
class PaymentAdmin(PortalModelAdmin):
    """Recorded, allocated and reversed on pages that ask; never edited or deleted."""

    list_display = ("received_on", "payer_name", "sum", "left", "method", "reference", "state")
    list_select_related = ("user", "organisation")
    list_filter = (LeftFilter, "method")
    search_fields = ("reference", "user__name", "user__email", "organisation__name")
    date_hierarchy = "received_on"
    fields = (
        "user",
        "organisation",
        "amount",
        "received_on",
        "method",
        "reference",
        "recorded_at",
        "recorded_by",
    )
    inlines = (AllocationInline,)
    change_form_template = "billing/admin/payment/change_form.html"

    def get_queryset(self, request):
        return (
            cast(PaymentQuerySet, super().get_queryset(request))
            .with_unallocated()
            .order_by("-received_on", "-pk")
        )

    @admin.display(description="payer")
    def payer_name(self, payment):
        return str(payment.organisation or payment.user)

    @admin.display(description="amount", ordering="amount")
    def sum(self, payment):
        return money(payment.amount)

    @admin.display(description="left to allocate", ordering=F("unallocated"))
    def left(self, payment):
        return money(payment.unallocated)

    @admin.display(description="status")
    def state(self, payment):
        return f"Reversed: {payment.reversal_reason}" if payment.is_reversed else "Received"

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def add_view(self, request, form_url="", extra_context=None):
        return pages.record(request)

    def get_urls(self):
        def page(route, view):
            name = f"billing_payment_{view.__name__}"
            return path(route, self.admin_site.admin_view(view), name=name)

        return [
            page("<int:pk>/allocate/", pages.allocate),
            page("<int:pk>/reverse/", pages.reverse_payment),
            page("allocations/<int:pk>/take-back/", pages.remove_allocation),
            *super().get_urls(),
        ]
