"""People and their public pages in Django admin."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin
from allauth.mfa.models import Authenticator
from allauth.usersessions.admin import UserSessionAdmin as AllauthUserSessionAdmin
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from coaching_portal.common import to_do
from coaching_portal.common.admin import PortalModelAdmin, ReadOnly
from coaching_portal.common.formatting import when
from coaching_portal.notifications.models import RefusedAddress
from profiles import purchase_orders
from profiles.accounts import office_changes
from profiles.actions import complaints
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
class DataComplaintAdmin(ReadOnly, PortalModelAdmin):
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


class SuperusersOnly:
    """Shown to whoever may see it; only superusers change what lets people in."""

    def has_add_permission(self, request, *args):
        return request.user.is_superuser and super().has_add_permission(request, *args)

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_delete_permission(request, obj)


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

    def get_form(self, request, obj=None, **kwargs):
        if obj is None and not request.user.is_superuser:
            kwargs["form"] = NewPersonForm
        return super().get_form(request, obj, **kwargs)

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
        given = super().clean()
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
        """Whoever is given a coach's page has the coach's clients: a right, as above."""
        return () if request.user.is_superuser else ("user",)

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "user" in form.changed_data:
            before = User.objects.filter(pk=form.initial.get("user"))
            for user in {obj.user, *before}:
                office_changes.tell_of_rights(user=user, at=timezone.now())


class ThemeInline(admin.StackedInline):
    model = Theme
    extra = 0
    classes = ("collapse",)
    fields = ("position", "title", "text")


class BasisForm(forms.ModelForm):
    """Asks on what basis the text is public."""

    is_approved_now = forms.BooleanField(
        label="The leader approves the text as it is in this form",
        required=False,
        help_text="A text that changes afterwards is not public until it is approved again.",
    )

    def clean(self):
        given = super().clean()
        approved_now = given.get("is_approved_now")
        if approved_now and not given.get("approved_on") and "approved_on" not in self.errors:
            self.add_error("approved_on", "Enter the date on which the leader approved the text.")
        was_approved = bool(self.instance.approved_version)
        has_approval = given.get("approved_on") and (approved_now or was_approved)
        if self._is_public(given) and not has_approval and not given.get("public_sources"):
            self.add_error(
                "public_sources",
                "Name the public sources that the text retells, or record the leader's approval: "
                "without either it cannot be public.",
            )
        return given

    def _is_public(self, given):
        return given.get("state") == Leader.State.PUBLISHED or given.get("is_published")

    def save(self, commit=True):
        if self.cleaned_data.get("is_approved_now"):
            self.instance.approved_version = self.instance.version()
        return super().save(commit)


class InterviewForm(BasisForm):
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


class InterviewToPublishFilter(admin.SimpleListFilter):
    title = "interviews"
    parameter_name = "interviews"

    def lookups(self, request, model_admin):
        return [("waiting", "Not published")]

    def queryset(self, request, queryset):
        return queryset.with_interview_to_publish() if self.value() == "waiting" else queryset


@admin.register(Leader)
class LeaderAdmin(PortalModelAdmin):
    form = BasisForm
    list_display = ("name", "role", "organisation", "state", "approved_on")
    list_filter = ("state", InterviewToPublishFilter)
    search_fields = ("name", "organisation")
    ordering = ("position", "sort_name", "pk")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (InterviewInline, ThemeInline, CareerInline)
    fieldsets = (
        (None, {"fields": ("name", "slug", "state", "position")}),
        ("Why it is public", {"fields": ("approved_on", "is_approved_now", "public_sources")}),
        ("The page", {"fields": ("role", "organisation", "introduction", "thought", "career")}),
        ("The work", {"fields": ("leads_for", "tried", "outcome", "inspired_by")}),
    )

    def save_related(self, request, form, formsets, change):
        """Themes and posts are part of what is approved, and are saved after the leader."""
        super().save_related(request, form, formsets, change)
        leader = form.instance
        if form.cleaned_data.get("is_approved_now"):
            leader.approved_version = leader.version()
        leader.save()
        interviews = [each.instance for each in formsets[0].forms if each.cleaned_data]
        self._tell_what_is_not_public(request, form, leader, interviews)

    def _tell_what_is_not_public(self, request, form, leader, interviews):
        changed = [leader] if form.cleaned_data["state"] != leader.state else []
        changed += [each for each in interviews if each.approved_on and not each.has_basis]
        for each in changed:
            words = "“{}” has changed since it was approved: it is not public until it is again."
            messages.warning(request, words.format(each))


to_do.register(
    "Leaders who have been asked to approve their page",
    70,
    lambda at: (Leader.objects.filter(state=Leader.State.APPROVAL), "state__exact=APPROVAL"),
)
to_do.register(
    "Leaders with an interview to approve and publish",
    70,
    lambda at: (Leader.objects.with_interview_to_publish(), "interviews=waiting"),
)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(SuperusersOnly, PortalModelAdmin, DjangoGroupAdmin):
    """Offers the permissions that this site asks about; those of a group already stay on offer."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and "permissions" in form.changed_data:
            self._tell(form.instance)

    def delete_model(self, request, obj):
        self._tell(obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for group in queryset:
            self.delete_model(request, group)

    def _tell(self, group):
        for user in group.user_set.filter(is_active=True):
            office_changes.tell_of_rights(user=user, at=timezone.now())

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


class SignedInDeviceAdmin(PortalModelAdmin, AllauthUserSessionAdmin):
    """Who is signed in where; deleting a row signs out there. The key of a session signs in."""

    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__name", "user__email", "ip")

    def delete_model(self, request, obj):
        obj.end()

    def delete_queryset(self, request, queryset):
        for session in queryset:
            session.end()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


admin.site.unregister(UserSession)
admin.site.register(UserSession, SignedInDeviceAdmin)


class EmailAddressAdmin(ReadOnly, PortalModelAdmin, AllauthEmailAddressAdmin):
    """What people sign in with: changed by themselves, or by a superuser on the person's page."""

    actions = None


admin.site.unregister(EmailAddress)
admin.site.register(EmailAddress, EmailAddressAdmin)


class SecondFactorAdmin(SuperusersOnly, PortalModelAdmin, AuthenticatorAdmin):
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
