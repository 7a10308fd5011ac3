from django.contrib import admin
from django.http import HttpResponseRedirect
from django.urls import reverse

from coaching_portal.billing.models import Practice
from coaching_portal.common.admin import PortalModelAdmin


@admin.register(Practice)
class PracticeAdmin(PortalModelAdmin):
    """One form: there is one practice."""

    fieldsets = (
        (None, {"fields": ("name", "email", "phone")}),
        (
            "As it appears on invoices",
            {"fields": ("legal_name", "legal_form", "company_number", "address")},
        ),
        (
            "Bank details and terms",
            {
                "fields": (
                    "bank_account_name",
                    "bank_sort_code",
                    "bank_account_number",
                    "client_payment_days",
                )
            },
        ),
        (
            "VAT",
            {
                "fields": ("vat_number", "vat_registered_from", "vat_rate"),
                "description": "Without a number and a date invoices say that no VAT is charged.",
            },
        ),
    )

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        practice = Practice.current()
        return HttpResponseRedirect(reverse("admin:billing_practice_change", args=[practice.pk]))
