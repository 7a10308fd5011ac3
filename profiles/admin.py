"""People and their public pages in Django admin."""

from allauth.usersessions.admin import UserSessionAdmin
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db import models

from profiles.audio import problem_with
from profiles.models import (
    CareerEntry,
    Client,
    Coach,
    DiaryDelegate,
    Interview,
    Leader,
    Membership,
    Organisation,
    Publication,
    Qualification,
    Theme,
    User,
)

# The list of django-allauth searches a username, which nobody has here.
UserSessionAdmin.search_fields = ("user__name", "user__email", "ip")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class MembershipInline(admin.StackedInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "organisation")


class CoachInline(admin.StackedInline):
    """That the person is a coach; the public page is edited under Coaches."""

    model = Coach
    extra = 0
    fields = ("slug", "is_public", "time_zone", "hourly_rate")
    show_change_link = True
    can_delete = False


class ClientInline(admin.StackedInline):
    model = Client
    extra = 0
    autocomplete_fields = ("coach",)
    can_delete = False


class DiariesKeptInline(admin.StackedInline):
    model = DiaryDelegate
    fk_name = "user"
    extra = 0
    autocomplete_fields = ("client",)
    verbose_name = "diary kept for somebody"
    verbose_name_plural = "diaries kept for others"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = NewUserForm
    list_display = ("name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role")
    search_fields = ("name", "email")
    ordering = ("sort_name", "pk")
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ("groups", "user_permissions")
    inlines = (MembershipInline, CoachInline, ClientInline, DiariesKeptInline)
    fieldsets = (
        (None, {"fields": ("email", "name", "phone", "needs", "time_zone", "password")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def has_delete_permission(self, request, obj=None):
        """People are made inactive, so that what they took part in stays readable."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    list_display = ("name", "requires_purchase_order", "payment_terms_days", "is_checked")
    list_filter = ("is_checked", "requires_purchase_order")
    search_fields = ("name",)
    ordering = ("sort_name", "pk")
    inlines = (MembershipInline,)


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
class CoachAdmin(admin.ModelAdmin):
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


class ThemeInline(admin.StackedInline):
    model = Theme
    extra = 0
    classes = ("collapse",)
    fields = ("position", "title", "text")


class InterviewForm(forms.ModelForm):
    def clean_audio(self):
        """Only a recording: the page would hand whatever it is to everybody."""
        file = self.cleaned_data["audio"]
        if "audio" in self.changed_data and file and (problem := problem_with(file)):
            raise forms.ValidationError(problem)
        return file


class InterviewInline(admin.StackedInline):
    model = Interview
    form = InterviewForm
    extra = 0
    prepopulated_fields = {"slug": ("title",)}


@admin.register(Leader)
class LeaderAdmin(admin.ModelAdmin):
    list_display = ("name", "role", "organisation", "state", "approved_on")
    list_filter = ("state",)
    search_fields = ("name", "organisation")
    ordering = ("position", "sort_name", "pk")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (InterviewInline, ThemeInline, CareerInline)
    fieldsets = (
        (None, {"fields": ("name", "slug", "state", "approved_on", "position")}),
        ("The page", {"fields": ("role", "organisation", "introduction", "thought", "career")}),
        ("The work", {"fields": ("leads_for", "tried", "outcome", "inspired_by")}),
    )
