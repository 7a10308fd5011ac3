"""Coaching in Django admin."""

from typing import cast
from urllib.parse import quote

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from bookings.actions import enquiries
from bookings.actions.hours import set_rules
from bookings.forms.rules import BookingRulesForm
from bookings.models import BookingRules, CoachingSession, Enquiry, Programme
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common import formatting, to_do
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly
from profiles.models import Coach


class CoachFilter(admin.RelatedFieldListFilter):
    """The coaches by name, read with their names at once."""

    def field_choices(self, field, request, model_admin):
        coaches = Coach.objects.select_related("user").by_name()
        return [(coach.pk, str(coach)) for coach in coaches]


class ToCreditFilter(admin.SimpleListFilter):
    """Sessions whose charge was waived after it had been invoiced."""

    title, parameter_name = "waived, to be credited", "to_credit"

    def lookups(self, request, model_admin):
        return [("yes", "To be credited")]

    def queryset(self, request, queryset):
        return queryset.waived_on_issued_invoices() if self.value() == "yes" else queryset


class ReadOnlyAdmin(ReadOnly, PortalModelAdmin):
    view_on_site = False  # the pages are the client's and the coach's


@admin.register(Enquiry)
class EnquiryAdmin(ReadOnlyAdmin):
    """Read and marked as answered; what the sender wrote is not edited."""

    list_display = ("reference", "subject", "name", "organisation", "received_at", "answered_at")
    list_filter = ("subject", ("answered_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "email", "organisation")
    ordering = ("-received_at",)
    actions = ("mark_answered",)

    @admin.action(description="Mark as answered", permissions=["view"])
    def mark_answered(self, request, queryset):
        for enquiry in queryset:
            enquiries.mark_answered(enquiry=enquiry, by=request.user, at=timezone.now())
        messages.success(request, "Marked as answered.")


to_do.register(
    "Enquiries to answer", 10, lambda at: (Enquiry.objects.waiting(), "answered_at__isempty=1")
)


@admin.register(CoachingSession)
class CoachingSessionAdmin(ReadOnlyAdmin):
    """When, with whom, what it costs and what became of it: never what it was about."""

    index_links = [("Coaches side by side", "coaches_side_by_side")]
    list_display = (
        "starts_at",
        "kind",
        "coach",
        "client",
        "status",
        "price",
        "is_invoiced",
        "credit",
    )
    list_filter = (
        "status",
        "kind",
        ("coach", CoachFilter),
        ("invoice_line", admin.EmptyFieldListFilter),
        ToCreditFilter,
    )
    search_fields = ("client__name", "client__email", "organisation__name", "purchase_order")
    ordering = ("-starts_at", "pk")
    list_select_related = ("coach__user", "client", "invoice_line__invoice")
    fields = (
        ("kind", "status"),
        ("coach", "client"),
        ("programme", "organisation", "purchase_order"),
        ("starts_at", "ends_at", "location"),
        ("rate", "price", "cancellation_notice_hours"),
        ("booked_at", "booked_by"),
        ("cancelled_at", "cancelled_by"),
        ("confirmed_at",),
        ("waived_at", "waived_by", "waiver_reason"),
        ("invoice_line",),
    )
    MENDABLE = ("organisation", "purchase_order")

    def get_queryset(self, request):
        return cast(CoachingSessionQuerySet, super().get_queryset(request)).without_holds()

    def has_change_permission(self, request, obj=None):
        """Who pays can be mended until the session is on an invoice; all else goes by actions."""
        is_open = obj is None or obj.invoice_line_id is None
        return is_open and request.user.has_perm("bookings.change_coachingsession")

    def get_readonly_fields(self, request, obj=None):
        return [name for row in self.fields for name in row if name not in self.MENDABLE]

    def save_model(self, request, obj, form, change):
        # Only these, so that a session moved or cancelled meanwhile stays moved or cancelled.
        obj.save(update_fields=self.MENDABLE)

    def lookup_allowed(self, lookup, value, request):
        return lookup == "ends_at__lte" or super().lookup_allowed(lookup, value, request)

    @admin.display(boolean=True, description="invoiced")
    def is_invoiced(self, session):
        return session.invoice_line_id is not None

    @admin.display(description="to credit")
    def credit(self, session):
        """Where the list shows what is to be credited, the way to do it."""
        amount = getattr(session, "to_credit", None)
        if amount is None:
            return "–"
        invoice = session.invoice_line.invoice
        page = reverse("admin:billing_invoice_credit", args=[invoice.pk])
        words = f"Credit {formatting.money(amount)} on {invoice.number}"
        return format_html('<a href="{}">{}</a>', page, words)


def _to_confirm(at):
    until = quote(at.isoformat(timespec="seconds"))
    return CoachingSession.objects.to_confirm(at), f"status__exact=BOOKED&ends_at__lte={until}"


to_do.register("Sessions that wait to be confirmed", 30, _to_confirm)


@admin.register(Programme)
class ProgrammeAdmin(ReadOnlyAdmin):
    """The terms and the status of the programme; goals and notes are not the office's business."""

    list_display = ("client", "coach", "status", "sessions_agreed", "review_on")
    list_filter = ("status", ("coach", CoachFilter))
    search_fields = ("client__name", "client__email", "organisation__name")
    ordering = ("-proposed_at", "pk")
    list_select_related = ("coach__user", "client")
    fields = (
        ("client", "coach", "status"),
        ("sessions_agreed", "minutes", "rate"),
        ("cancellation_notice_hours", "review_on"),
        ("organisation", "purchase_order"),
        ("proposed_at", "closed_at"),
    )


@admin.register(BookingRules)
class BookingRulesAdmin(PortalModelAdmin):
    """How a coach may be booked, in the coach's own form. The video link is not the office's."""

    form = BookingRulesForm
    list_display = (
        "coach",
        "accepts_bookings",
        "cancellation_notice_hours",
        "minimum_notice_minutes",
        "horizon_days",
    )
    list_filter = ("accepts_bookings", ("coach", CoachFilter))
    search_fields = ("coach__user__name",)
    list_select_related = ("coach__user",)
    ordering = ("coach__user__sort_name", "pk")

    def get_fields(self, request, obj=None):
        own = [name for name in BookingRulesForm.base_fields if name != "video_room_url"]
        return ["coach", *own]

    def get_readonly_fields(self, request, obj=None):
        return ["coach"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """The coaches by name, read with their names at once."""
        coaches = Coach.objects.select_related("user").by_name()
        return super().formfield_for_foreignkey(db_field, request, queryset=coaches, **kwargs)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        set_rules(rules=obj)
