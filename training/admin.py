"""Courses, cohorts and who has a place, in Django admin."""

from typing import cast

from django import forms
from django.contrib import admin, messages
from django.db.models import F
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from coaching_portal.common import formatting
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly, confirm_action
from coaching_portal.common.views import perform
from training import actions, admin_credits
from training.models import (
    Cohort,
    Course,
    CourseBooking,
    Enrolment,
    EnrolmentTerms,
    TeachingSession,
    WaitingListPlace,
)
from training.models.cohorts import CohortQuerySet
from training.models.enrolments import CourseBookingQuerySet


@admin.register(Course)
class CourseAdmin(PortalModelAdmin):
    list_display = ("title", "price", "group_price", "cpd_hours", "is_published")
    list_filter = ("is_published",)
    search_fields = ("title", "summary")
    prepopulated_fields = {"slug": ("title",)}
    filter_horizontal = ("trainers",)
    ordering = ("title",)


class TeachingSessionInline(admin.TabularInline):
    model = TeachingSession
    extra = 1


class CohortToCreditFilter(admin.SimpleListFilter):
    """Cancelled course dates that an issued invoice still asks to be paid."""

    title, parameter_name = "cancelled, to be credited", "to_credit"

    def lookups(self, request, model_admin):
        return [("yes", "To be credited")]

    def queryset(self, request, queryset):
        return queryset.to_credit() if self.value() == "yes" else queryset


class CohortForm(forms.ModelForm):
    class Meta:
        model = Cohort
        fields = (
            "course",
            "code",
            "status",
            "capacity",
            "enrolment_closes_at",
            "setting",
            "venue",
            "address",
            "room_url",
            "joining_instructions",
        )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        status = cast(forms.ChoiceField | None, self.fields.get("status"))
        if status and not self.instance.is_cancelled:
            # Cancelling tells people and frees them of charges: there is an action for it.
            status.choices = [c for c in Cohort.Status.choices if c[0] != Cohort.Status.CANCELLED]

    def clean_capacity(self):
        capacity = self.cleaned_data["capacity"]
        # The row stays locked until it is saved: nobody enrols in between.
        rows = Cohort.objects.select_for_update(no_key=True).filter(pk=self.instance.pk)
        taken = max((cohort.taken for cohort in rows), default=0)
        if capacity < taken:
            raise forms.ValidationError(f"{taken} places are taken: there cannot be fewer.")
        return capacity


@admin.register(Cohort)
class CohortAdmin(PortalModelAdmin):
    form = CohortForm
    inlines = (TeachingSessionInline,)
    list_display = (
        "code",
        "course",
        "begins",
        "location",
        "places",
        "waiting",
        "status",
        "credits",
    )
    list_filter = ("status", CohortToCreditFilter, "setting", "course")
    search_fields = ("code", "course__title", "venue")
    readonly_fields = ("places",)
    actions = ("cancel_cohort",)
    # What learners were emailed: when it changes they get another email.
    ANNOUNCED = frozenset(("setting", "venue", "address", "room_url", "joining_instructions"))

    def get_queryset(self, request):
        return (
            cast(CohortQuerySet, super().get_queryset(request))
            .with_dates()
            .with_details()
            .order_by(F("begins_at").desc())
        )

    def get_readonly_fields(self, request, obj=None):
        done = ("course", "status") if obj and obj.is_cancelled else ()
        return (*self.readonly_fields, *done)

    @admin.display(ordering="begins_at")
    def begins(self, cohort):
        return formatting.when(cohort.begins_at) if cohort.begins_at else "No session yet"

    @admin.display(description="taken")
    def places(self, cohort):
        offered = f", {cohort.offered} of them offered" if cohort.offered else ""
        return f"{cohort.taken} of {cohort.capacity}{offered}"

    @admin.display(description="invoices")
    def credits(self, cohort):
        """Of a cancelled one, the way to credit what was invoiced for it."""
        if not cohort.is_cancelled:
            return "–"
        return format_html('<a href="{}">Credit notes</a>', admin_credits.address(cohort))

    def get_urls(self):
        view = self.admin_site.admin_view(admin_credits.cohort_credits)
        credits = path("<int:pk>/credits/", view, name="training_cohort_credits")
        return [credits, *super().get_urls()]

    def waiting(self, cohort):
        return sum(waiting.places for waiting in cohort.line) or ""

    def save_model(self, request, obj, form, change):
        # Only what was typed: the count of places taken is never written back from a form.
        obj.save(update_fields=form.changed_data) if change else obj.save()

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        has_news = self.ANNOUNCED & set(form.changed_data) or any(
            formset.has_changed() for formset in formsets
        )
        if change and has_news and form.instance.enrolments.live().exists():
            actions.announce_changes(cohort=form.instance, at=timezone.now())
            messages.info(request, "We email every learner the new dates or location.")

    @admin.action(
        description="Cancel the course dates and email everyone affected", permissions=["change"]
    )
    def cancel_cohort(self, request, queryset):
        if "confirmed" not in request.POST:
            return confirm_action(
                self,
                request,
                queryset,
                action="cancel_cohort",
                consequence="We cancel every place on these course dates free, and email everyone "
                "with a place, a booking or a place on a waiting list. This cannot be undone.",
                button="Cancel and email everyone affected",
            )
        for cohort in queryset:
            actions.cancel_cohort(cohort=cohort, by=request.user, at=timezone.now())
        messages.success(request, "Cancelled. We have emailed everyone affected.")
        for cohort in queryset.to_credit():
            there = format_html(
                '<a href="{}">Credit what was invoiced</a>', admin_credits.address(cohort)
            )
            messages.warning(request, format_html("{} has been invoiced. {}.", cohort, there))
        return None


class EnrolmentInline(ReadOnly, admin.TabularInline):
    model = Enrolment
    fields = ("name", "email", "status", "ended_at", "fee")
    extra = 0


class BookingForm(forms.ModelForm):
    def clean_purchase_order(self):
        number, organisation = self.cleaned_data["purchase_order"], self.instance.organisation
        problem = organisation.problem_with_purchase_order(number) if organisation else ""
        if problem:
            raise forms.ValidationError(problem)
        return number


class ToCreditFilter(admin.SimpleListFilter):
    """Bookings whose places were cancelled after they had been invoiced."""

    title, parameter_name = "to be credited", "to_credit"

    def lookups(self, request, model_admin):
        return [("yes", "To be credited")]

    def queryset(self, request, queryset):
        return queryset.to_credit() if self.value() == "yes" else queryset


@admin.register(CourseBooking)
class CourseBookingAdmin(ReadOnly, PortalModelAdmin):
    """Only a purchase order can be mended here; the rest is the customer's doing."""

    inlines = (EnrolmentInline,)
    list_display = (
        "reference",
        "cohort",
        "customer",
        "booked_at",
        "number_of_places",
        "total",
        "billing",
    )
    list_filter = (
        ToCreditFilter,
        ("invoice_line", admin.EmptyFieldListFilter),
        ("cancelled_at", admin.EmptyFieldListFilter),
        "cohort__course",
    )
    search_fields = ("cohort__code", "organisation__name", "booked_by__name", "booked_by__email")
    ordering = ("-booked_at",)
    fields = (
        "reference",
        "cohort",
        "booked_by",
        "booked_at",
        "organisation",
        "purchase_order",
        "price",
        "total",
        "billing",
        "terms",
        "terms_sha256",
        "cancelled_at",
    )
    actions = ("cancel",)
    form = BookingForm
    view_on_site = False  # the page is the customer's

    def get_queryset(self, request):
        return (
            cast(CourseBookingQuerySet, super().get_queryset(request))
            .with_details()
            .with_amount_to_credit()
        )

    def has_change_permission(self, request, obj=None):
        return PortalModelAdmin.has_change_permission(self, request, obj)

    def get_readonly_fields(self, request, obj=None):
        return [name for name in self.fields if name != "purchase_order" or obj.invoice_line_id]

    @admin.display(description="places", empty_value="0")
    def number_of_places(self, booking):
        return booking.number_of_places

    def total(self, booking):
        return formatting.money(booking.total)

    def billing(self, booking):
        """Whether it has been invoiced; where that was too much, the way to credit it."""
        if not booking.invoice_line_id:
            return "Not invoiced yet"
        invoice = booking.invoice_line.invoice
        if not invoice.is_issued or booking.amount_to_credit <= 0:
            return "Invoiced"
        page = reverse("admin:billing_invoice_credit", args=[invoice.pk])
        words = f"Credit {formatting.money(booking.amount_to_credit)} on {invoice.number}"
        return format_html('<a href="{}">{}</a>', page, words)

    @admin.action(description="Cancel by the terms accepted", permissions=["change"])
    def cancel(self, request, queryset):
        if "confirmed" not in request.POST:
            return confirm_action(
                self,
                request,
                queryset,
                action="cancel",
                consequence="We cancel every place of these bookings, at the fee of the terms that "
                "were accepted with each, and email everyone affected.",
                button="Cancel the bookings",
            )
        for booking in queryset:
            what = {"booking": booking, "by": request.user, "at": timezone.now()}
            perform(request, actions.cancel_booking, about=booking, **what)
        return None


@admin.register(Enrolment)
class EnrolmentAdmin(ReadOnly, PortalModelAdmin):
    list_display = ("__str__", "email", "cohort", "customer", "status", "named_at", "ended_at")
    list_filter = ("status", "cohort__course")
    list_select_related = ("cohort__course", "booking__organisation", "booking__booked_by")
    search_fields = ("name", "email", "cohort__code")
    ordering = ("-pk",)

    def customer(self, place):
        return place.booking.customer


@admin.register(WaitingListPlace)
class WaitingListPlaceAdmin(ReadOnly, PortalModelAdmin):
    list_display = (
        "user",
        "organisation",
        "cohort",
        "places",
        "created_at",
        "status",
        "offered",
        "offered_at",
        "offer_expires_at",
    )
    list_filter = ("status", "offered_at", "cohort__course")
    list_select_related = ("user", "organisation", "cohort__course")
    search_fields = ("user__name", "user__email", "cohort__code")
    ordering = ("cohort", "created_at")


@admin.register(EnrolmentTerms)
class EnrolmentTermsAdmin(PortalModelAdmin):
    """A version that may have been accepted stays as it is; a change is a new version."""

    list_display = ("version", "created_at")
    ordering = ("-version",)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
