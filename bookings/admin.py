"""Coaching in Django admin."""

from django.contrib import admin, messages
from django.utils import timezone

from bookings.actions import enquiries
from bookings.models import Enquiry


@admin.register(Enquiry)
class EnquiryAdmin(admin.ModelAdmin):
    """Read and marked as answered; what somebody wrote is not edited."""

    list_display = ("reference", "subject", "name", "organisation", "received_at", "answered_at")
    list_filter = ("subject", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "email", "organisation")
    ordering = ("-received_at",)
    actions = ("mark_answered",)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Mark as answered", permissions=["view"])
    def mark_answered(self, request, queryset):
        for enquiry in queryset:
            enquiries.mark_answered(enquiry=enquiry, by=request.user, at=timezone.now())
        messages.success(request, "Marked as answered.")
