"""Coaches and their public pages in Django admin."""

from django import forms
from django.contrib import admin
from django.db import models
from django.utils import timezone

from coaching_portal.common.admin import PortalModelAdmin
from profiles.accounts import office_changes
from profiles.models import (
    CareerEntry,
    Coach,
    Publication,
    Qualification,
    User,
)


class CareerInline(admin.StackedInline):
    model = CareerEntry
    extra = 0
    classes = ("collapse",)
    fields = (("position", "years"), "title", "organisation", "text")
    formfield_overrides = {models.TextField: {"widget": forms.Textarea({"rows": 2})}}


class QualificationInline(admin.StackedInline):
    model = Qualification
    extra = 0
    classes = ("collapse",)
    fields = (("position", "year"), "title", "awarded_by", "result")


class PublicationInline(admin.StackedInline):
    model = Publication
    extra = 0
    classes = ("collapse",)
    fields = (("position", "year"), "title", "published_in", "text", "address")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}


@admin.register(Coach)
class CoachAdmin(PortalModelAdmin):
    list_display = ("user", "slug", "is_public", "hourly_rate", "position")
    list_filter = ("is_public",)
    search_fields = ("user__name", "user__email")
    ordering = ("position", "user__sort_name", "pk")
    autocomplete_fields = ("user",)
    list_select_related = ("user",)
    inlines = (CareerInline, QualificationInline, PublicationInline)
    fieldsets = (
        (None, {"fields": ("user", "slug", "is_public", "position", "time_zone", "hourly_rate")}),
        ("The page", {"fields": ("headline", "introduction", "approach", "teaches")}),
        ("Credentials", {"fields": ("accreditation", "accredited_until", "coaching_hours")}),
    )

    def has_add_permission(self, request):
        return request.user.is_superuser and super().has_add_permission(request)

    def get_readonly_fields(self, request, obj=None):
        """Whoever is given a coach's page has the coach's clients: that is a right."""
        return () if request.user.is_superuser else ("user",)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "user" in form.changed_data:
            before = User.objects.filter(pk=form.initial.get("user"))
            for user in {obj.user, *before}:
                office_changes.tell_of_rights(user=user, at=timezone.now())
