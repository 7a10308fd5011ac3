"""People and their public pages in Django admin."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.admin import AuthenticatorAdmin
from allauth.mfa.models import Authenticator
from allauth.usersessions.admin import UserSessionAdmin
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from coaching_portal.files import RefusesFilesWhenFull, TellsOfAFullDisk
from coaching_portal.notifications.models import RefusedAddress
from coaching_portal.wording import when
from profiles import complaints
from profiles.audio import problem_with
from profiles.models import (
    CareerEntry,
    Client,
    Coach,
    DataComplaint,
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


class OverdueFilter(admin.SimpleListFilter):
    title, parameter_name = "overdue", "overdue"

    def lookups(self, request, model_admin):
        return [("yes", "Not acknowledged in time")]

    def queryset(self, request, queryset):
        return queryset.overdue(timezone.now()) if self.value() == "yes" else queryset


@admin.register(DataComplaint)
class DataComplaintAdmin(admin.ModelAdmin):
    """Read, and marked as acknowledged or answered; what somebody wrote is not edited."""

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
        return super().get_queryset(request).with_acknowledgement()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="acknowledged")
    def acknowledged(self, complaint):
        return complaint.acknowledged

    @admin.action(description="Mark as acknowledged by us otherwise", permissions=["view"])
    def mark_acknowledged(self, request, queryset):
        for complaint in queryset:
            complaints.mark_acknowledged(complaint=complaint, at=timezone.now())
        messages.success(request, "Marked as acknowledged.")

    @admin.action(description="Mark as answered: the outcome is told", permissions=["view"])
    def mark_answered(self, request, queryset):
        for complaint in queryset:
            complaints.mark_answered(complaint=complaint, by=request.user, at=timezone.now())
        messages.success(request, "Marked as answered.")


class NewUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class AddedOrTakenAway:
    """Rows that are added or taken away, not changed: one that is there needs no list to choose
    from, which would be a question to the database for each row."""

    related: tuple[str, ...] = ()
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.related)

    def has_change_permission(self, request, obj=None):
        return False


class MembershipInline(AddedOrTakenAway, admin.StackedInline):
    model = Membership
    autocomplete_fields = related = ("user", "organisation")


class CoachInline(admin.StackedInline):
    """That the person is a coach; the public page is edited under Coaches."""

    model = Coach
    extra = 0
    fields = ("slug", "is_public", "time_zone", "hourly_rate")
    show_change_link = True
    can_delete = False


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
    verbose_name = "diary kept for somebody"
    verbose_name_plural = "diaries kept for others"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    add_form = NewUserForm
    list_display = ("name", "email", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "memberships__role")
    search_fields = ("name", "email")
    ordering = ("sort_name", "pk")
    readonly_fields = ("refused_mail", "last_login", "date_joined")
    filter_horizontal = ()
    # A practice has a few groups: ticking them works everywhere, on a phone and without script.
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}
    inlines = (MembershipInline, CoachInline, ClientInline, DiariesKeptInline)
    # Not their needs: they are told that their coach and trainers see those.
    fieldsets = (
        (None, {"fields": ("email", "refused_mail", "name", "phone", "time_zone", "password")}),
        ("May do", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )

    @admin.display(description="mail to this address")
    def refused_mail(self, user):
        refused = RefusedAddress.objects.of(user.email).first()
        if refused is None:
            return "Not refused"
        return f"Refused on {when(refused.refused_at)}: {refused.reply}"

    def get_inlines(self, request, obj):
        return self.inlines if obj else ()

    def get_readonly_fields(self, request, obj=None):
        """Who may do what is for superusers to say: nobody else raises anybody, or themselves."""
        rights = () if request.user.is_superuser else ("is_staff", "is_superuser", "groups")
        return (*self.readonly_fields, *rights)

    def has_change_permission(self, request, obj=None):
        """A new address or password for a colleague would be a way to do what they may do."""
        if obj and obj.is_staff and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)

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


class InterviewInline(RefusesFilesWhenFull, admin.StackedInline):
    model = Interview
    form = InterviewForm
    extra = 0
    prepopulated_fields = {"slug": ("title",)}


@admin.register(Leader)
class LeaderAdmin(TellsOfAFullDisk, admin.ModelAdmin):
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


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Offers the permissions that this site asks about; those of a group already stay on offer."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "permissions":
            kwargs["queryset"] = Permission.objects.filter(
                models.Q(content_type__in=self._kinds_of_what_is_seen_here())
                | models.Q(pk__in=Group.permissions.through.objects.values("permission"))
            )
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)

    def _kinds_of_what_is_seen_here(self):
        seen = set(self.admin_site._registry)
        for each in self.admin_site._registry.values():
            seen.update(inline.model for inline in each.inlines)
        return ContentType.objects.get_for_models(*seen).values()


# allauth's own list of sessions searches for a username, which nobody has here.
UserSessionAdmin.search_fields = ["user__name", "user__email", "ip"]


class SecondFactorAdmin(AuthenticatorAdmin):
    """Who has lost theirs has it deleted here, is told, and it is recorded; nobody is given one."""

    fields = ("user", "type", "created_at", "last_used_at")
    REMOVED = {
        Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
        Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    }

    def delete_model(self, request, obj):
        if template := self.REMOVED.get(obj.type):
            get_account_adapter(request).send_notification_mail(template, obj.user)
        obj.delete()

    def delete_queryset(self, request, queryset):
        for factor in queryset:
            self.delete_model(request, factor)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


admin.site.unregister(Authenticator)
admin.site.register(Authenticator, SecondFactorAdmin)
