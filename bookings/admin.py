"""Coaching in Django admin."""

from django.contrib import admin, messages
from django.utils import timezone

from bookings.actions import enquiries
from bookings.models import CoachingSession, Enquiry


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


@admin.register(CoachingSession)
class CoachingSessionAdmin(admin.ModelAdmin):
    """When, who and who pays. Agenda and needs are between client and coach: never shown here."""

    list_display = ("reference", "starts_at", "status", "coach", "client", "payer", "price")
    list_filter = ("status", "kind", "coach", ("organisation", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("coach__user", "client", "organisation")
    search_fields = ("client__name", "client__email", "organisation__name", "purchase_order")
    date_hierarchy = "starts_at"
    ordering = ("-starts_at",)
    fields = (
        ("kind", "status", "sequence"),
        ("coach", "client"),
        ("starts_at", "ends_at", "free_again_at"),
        "place",
        ("organisation", "purchase_order"),
        ("rate", "price"),
        ("booked_at", "booked_by"),
        ("cancelled_at", "cancelled_by"),
        ("confirmed_at", "invoice_line"),
        ("waived_at", "waived_by", "waiver_reason"),
    )
    MENDABLE = ("organisation", "purchase_order")

    def get_queryset(self, request):
        return super().get_queryset(request).agreed()

    def get_readonly_fields(self, request, obj=None):
        """Who pays can be mended until the session is on an invoice; all else goes by actions."""
        names = [name for row in self.fields for name in ([row] if isinstance(row, str) else row)]
        is_invoiced = obj is None or obj.invoice_line_id is not None
        return names if is_invoiced else [name for name in names if name not in self.MENDABLE]

    def save_model(self, request, obj, form, change):
        # Only these, so that a session moved or cancelled meanwhile stays moved or cancelled.
        obj.save(update_fields=self.MENDABLE)

    @admin.display(ordering="organisation__sort_name")
    def payer(self, session):
        return session.organisation or session.client

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
