"""Leaders, their interviews, and on what basis they are public, in Django admin."""

from django import forms
from django.contrib import admin, messages

from coaching_portal.common import to_do
from coaching_portal.common.admin import PortalModelAdmin
from profiles.admin.coaches import CareerInline
from profiles.audio import problem_with
from profiles.models import (
    Interview,
    Leader,
    Theme,
)


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
        super().clean()
        given = self.cleaned_data
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
