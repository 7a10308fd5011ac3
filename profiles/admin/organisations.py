"""Organisations in Django admin."""

from django import forms
from django.contrib import admin

from coaching_portal.common import to_do
from coaching_portal.common.admin import PortalModelAdmin
from profiles import purchase_orders
from profiles.admin.memberships import MembershipInline
from profiles.models import (
    Organisation,
)


class PurchaseOrderFilter(admin.SimpleListFilter):
    title = "form of purchase orders"
    parameter_name = "purchase_order"

    def lookups(self, request, model_admin):
        return [("anew", "To enter anew")]

    def queryset(self, request, queryset):
        return queryset.with_pattern_to_enter_anew() if self.value() == "anew" else queryset


class OrganisationForm(forms.ModelForm):
    def clean_purchase_order_mask(self):
        mask = self.cleaned_data["purchase_order_mask"]
        if problem := purchase_orders.problem_with_mask(mask):
            raise forms.ValidationError(problem)
        return mask

    def clean_purchase_order_pattern(self):
        pattern = self.cleaned_data["purchase_order_pattern"]
        if pattern and "purchase_order_pattern" in self.changed_data:
            raise forms.ValidationError("Enter a mask instead, or clear this field.")
        return pattern

    def clean(self):
        """The mask is tried with the example; then nobody needs what was there before."""
        super().clean()
        given = self.cleaned_data
        if mask := given.get("purchase_order_mask"):
            example = given.get("purchase_order_example", "")
            if problem := purchase_orders.problem_with_example(mask, example):
                self.add_error("purchase_order_example", problem)
            elif "purchase_order_pattern" in given:
                given["purchase_order_pattern"] = ""
        return given


@admin.register(Organisation)
class OrganisationAdmin(PortalModelAdmin):
    form = OrganisationForm
    list_display = ("name", "requires_purchase_order", "payment_terms_days", "is_checked")
    list_filter = ("is_checked", "requires_purchase_order", PurchaseOrderFilter)
    search_fields = ("name",)
    ordering = ("sort_name", "pk")
    inlines = (MembershipInline,)

    def get_fields(self, request, obj=None):
        """What was there before masks is shown while it waits for somebody to replace it."""
        waits = obj is not None and obj.purchase_order_pattern and not obj.purchase_order_mask
        fields = super().get_fields(request, obj)
        return [each for each in fields if waits or each != "purchase_order_pattern"]


to_do.register(
    "Organisations to check",
    60,
    lambda at: (Organisation.objects.filter(is_checked=False), "is_checked__exact=0"),
)
to_do.register(
    "Purchase order forms to enter anew",
    60,
    lambda at: (Organisation.objects.with_pattern_to_enter_anew(), "purchase_order=anew"),
)
