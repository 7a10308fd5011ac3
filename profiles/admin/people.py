"""People in Django admin: what lets them in, and what they may do."""

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from coaching_portal.common.admin import PortalModelAdmin
from coaching_portal.common.formatting import when
from coaching_portal.notifications.models import RefusedAddress
from profiles.accounts import office_changes
from profiles.admin.memberships import AddedOrTakenAway, MembershipInline
from profiles.models import (
    Client,
    Coach,
    DiaryDelegate,
    User,
)


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class NewPersonForm(forms.ModelForm):
    """Without a password: the person chooses one, by the link of a reset."""

    class Meta:
        model = User
        fields = ("email", "name")

    def save(self, commit=True):
        self.instance.set_unusable_password()
        return super().save(commit)


class PasswordForm(AdminPasswordChangeForm):
    def save(self, commit=True):
        user = super().save(commit)
        office_changes.tell_of_password(user=user, at=timezone.now())
        return user


class CoachInline(admin.StackedInline):
    """That the person is a coach; the public page is edited under Coaches."""

    model = Coach
    extra = 0
    fields = ("slug", "is_public", "time_zone", "hourly_rate")
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request, obj=None):
        """A coach reads what clients tell in confidence: to be one is a right."""
        return request.user.is_superuser and super().has_add_permission(request, obj)


class ClientInline(AddedOrTakenAway, admin.StackedInline):
    model = Client
    related = ("user", "coach__user")
    autocomplete_fields = ("coach",)
    can_delete = False


class DiariesKeptInline(AddedOrTakenAway, admin.StackedInline):
    model = DiaryDelegate
    fk_name = "user"
    related = ("user", "client")
    autocomplete_fields = ("client",)
    verbose_name = "client assisted"
    verbose_name_plural = "clients assisted"


ADDRESSES = ("email", "unproved_email", "refused_mail")
RIGHTS = ("is_staff", "is_superuser", "groups")
PASSWORDS = ("password", "usable_password", "password1", "password2")


def _without_passwords(fieldsets):
    return [
        (title, options | {"fields": [f for f in options["fields"] if f not in PASSWORDS]})
        for title, options in fieldsets
    ]


@admin.register(User)
class UserAdmin(PortalModelAdmin, DjangoUserAdmin):
    add_form = NewUserForm
    change_password_form = PasswordForm
    list_display = ("name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role")
    search_fields = ("name", "email")
    ordering = ("sort_name", "pk")
    readonly_fields = ("unproved_email", "refused_mail", "last_login", "date_joined")
    filter_horizontal = ()
    # A practice has a few groups: ticking them works everywhere, on a phone and without script.
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    inlines = (MembershipInline, CoachInline, ClientInline, DiariesKeptInline)
    # Not their needs: they are told that their coach and trainers see those.
    fieldsets = (
        (None, {"fields": (*ADDRESSES, "name", "phone", "time_zone", "password")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    @admin.display(description="email to this address")
    def refused_mail(self, user):
        refused = RefusedAddress.objects.of(user.email).first()
        if refused is None:
            return "Not refused"
        return f"Refused on {when(refused.refused_at)}: {refused.reply}"

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if request.user.is_superuser else _without_passwords(fieldsets)

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None and not request.user.is_superuser:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        """What lets people in is for superusers to change: nobody else raises anybody, or takes
        an account over by giving it an address of theirs."""
        if request.user.is_superuser or obj is None:
            return self.readonly_fields
        kept = ("is_active",) if obj.is_coach else ()
        return (*self.readonly_fields, "email", *RIGHTS, *kept)

    def has_change_permission(self, request, obj=None):
        """The accounts of those who run the portal are for superusers to change."""
        if obj and (obj.is_staff or obj.is_superuser) and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

    def user_change_password(self, request, id, form_url=""):
        if not request.user.is_superuser:
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            old = form.initial["email"]
            office_changes.change_email(user=obj, old=old, at=timezone.now())

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        became_coach = any(isinstance(new, Coach) for each in formsets for new in each.new_objects)
        if change and (became_coach or {"is_active", *RIGHTS} & set(form.changed_data)):
            office_changes.tell_of_rights(user=form.instance, at=timezone.now())

    def has_delete_permission(self, request, obj=None):
        """People are made inactive, so that what they took part in stays readable."""
        return False
