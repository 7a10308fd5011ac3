"""Complaints about data protection in Django admin."""

from typing import cast

from django.contrib import admin, messages
from django.utils import timezone

from coaching_portal.common import to_do
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly
from profiles.actions import complaints
from profiles.models import (
    DataComplaint,
)
from profiles.models.complaints import DataComplaintQuerySet


class OverdueFilter(admin.SimpleListFilter):
    title, parameter_name = "overdue", "overdue"

    def lookups(self, request, model_admin):
        return [("yes", "Not acknowledged in time")]

    def queryset(self, request, queryset):
        return queryset.overdue(timezone.now()) if self.value() == "yes" else queryset


@admin.register(DataComplaint)
class DataComplaintAdmin(ReadOnly, PortalModelAdmin):
    """Read, and marked as acknowledged or answered; what the sender wrote is not edited."""

    list_display = ("reference", "name", "received_at", "acknowledge_by", "state", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter), OverdueFilter)
    search_fields = ("name", "email")
    ordering = ("-received_at",)
    fields = (
        "reference",
        "state",
        "name",
        "email",
        "message",
        "received_at",
        "acknowledge_by",
        "acknowledged",
        "answered_at",
        "answered_by",
    )
    readonly_fields = ("reference", "state", "acknowledge_by", "acknowledged")
    actions = ("mark_acknowledged", "mark_answered")

    def get_queryset(self, request):
        return cast(DataComplaintQuerySet, super().get_queryset(request)).with_acknowledgement()

    @admin.display(description="status")
    def state(self, complaint):
        return complaint.state

    @admin.display(description="acknowledged")
    def acknowledged(self, complaint):
        return complaint.acknowledged

    @admin.action(description="Mark as acknowledged", permissions=["view"])
    def mark_acknowledged(self, request, queryset):
        for complaint in queryset:
            complaints.mark_acknowledged(complaint=complaint, at=timezone.now())
        messages.success(request, "Marked as acknowledged.")

    @admin.action(description="Mark as answered: outcome sent", permissions=["view"])
    def mark_answered(self, request, queryset):
        for complaint in queryset:
            complaints.mark_answered(complaint=complaint, by=request.user, at=timezone.now())
        messages.success(request, "Marked as answered.")


to_do.register(
    "Complaints about data protection to acknowledge: overdue",
    20,
    lambda at: (DataComplaint.objects.overdue(at), "overdue=yes"),
)
to_do.register(
    "Complaints about data protection to answer without undue delay",
    20,
    lambda at: (DataComplaint.objects.waiting(), "answered_at__isempty=1"),
)
