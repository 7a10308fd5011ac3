"""Enrolling: who it is for, and the terms. Everything typed is kept until it has been sold."""

from django import forms
from django.utils.html import format_html

from coaching_portal.common import visible_text
from coaching_portal.common.choice_fields import row_field
from coaching_portal.common.forms import TaglessMixin
from profiles.models import Organisation
from profiles.names import validate_name
from training.actions import Learner


class DelegateForm(forms.Form):
    name = forms.CharField(
        label="Full name",
        max_length=150,
        required=False,
        validators=[visible_text.LINE, validate_name],
    )
    email = forms.EmailField(
        validators=[visible_text.LINE],
        label="Email address",
        required=False,
        error_messages={"invalid": "Enter the email address in the form name@example.org."},
    )
    later = forms.BooleanField(label="I will name this delegate later", required=False)

    def clean(self):
        super().clean()
        data = self.cleaned_data
        name, email = data.get("name"), data.get("email")
        if data.get("later"):
            if name or email:
                self.add_error("later", "Untick this, or leave name and email address empty.")
            return data
        if not name and "name" not in self.errors:
            self.add_error("name", "Enter the delegate's name, or tick that you name them later.")
        if not email and "email" not in self.errors:
            self.add_error("email", "Enter the delegate's email address.")
        return data

    @property
    def learner(self):
        data = self.cleaned_data
        return Learner(data.get("name") or "", data.get("email") or "")


class BaseDelegateFormSet(forms.BaseFormSet):
    def clean(self):
        """The same address twice is one person twice."""
        seen = set()
        for form in self.forms:
            email = form.cleaned_data.get("email", "").lower() if form.is_valid() else ""
            if email and email in seen:
                form.add_error("email", f"{email} is in the list twice.")
            seen.add(email)

    def is_valid(self):
        # Errors that clean() adds to a form are found only after the formset has been cleaned.
        return super().is_valid() and all(not form.errors for form in self.forms)


DelegateFormSet = forms.formset_factory(
    DelegateForm, formset=BaseDelegateFormSet, extra=0, min_num=1, max_num=100, absolute_max=100
)


class TeamForm(TaglessMixin, forms.Form):
    organisation = forms.ModelChoiceField(
        label="Organisation",
        queryset=Organisation.objects.none(),
        to_field_name="uuid",
        empty_label=None,
        error_messages={"required": "Choose the organisation that pays."},
    )
    purchase_order = forms.CharField(
        label="Purchase order number", max_length=50, required=False, validators=[visible_text.LINE]
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        row_field(self, "organisation").queryset = organisations
        only = organisations[0] if len(organisations) == 1 else None
        if only:
            self.fields["purchase_order"].help_text = purchase_order_help(only)

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if organisation := data.get("organisation"):
            number = data.get("purchase_order", "")
            if problem := organisation.problem_with_purchase_order(number):
                self.add_error("purchase_order", problem)
        return data


def purchase_order_help(organisation):
    if form := organisation.purchase_order_hint or organisation.purchase_order_example:
        # Help texts are shown as they are: a form may put links there.
        return format_html("{} writes it as {}.", organisation.name, form)
    return "" if organisation.requires_purchase_order else "Leave empty where there is none."


class SelfForm(TaglessMixin, forms.Form):
    """Only asks for the name of someone who has not told it yet."""

    name = forms.CharField(
        label="Your full name",
        max_length=150,
        validators=[visible_text.LINE, validate_name],
        help_text="As it should appear on the certificate.",
        error_messages={"required": "Enter your full name."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        if user.name:
            del self.fields["name"]


class EnrolForms:
    """The page's forms together: oneself, or an organisation with its delegates."""

    def __init__(self, *, user, organisations, who, draft, data=None):
        self.who = who
        self.main = (
            TeamForm(data, organisations=organisations, initial=draft)
            if self.is_team
            else SelfForm(data, user=user, initial=draft)
        )
        self.delegates = self._delegate_forms(data, draft) if self.is_team else None

    @property
    def is_team(self):
        return self.who == "team"

    @staticmethod
    def _delegate_forms(data, draft):
        rows = draft.get("delegates") or [{}]
        if data is not None:
            return DelegateFormSet(data, prefix="delegate")
        formset = DelegateFormSet(prefix="delegate", initial=rows)
        formset.min_num = 0  # as many as were typed, no empty one more
        return formset

    def are_valid(self):
        valid = [self.main.is_valid()]
        if self.delegates is not None:
            valid.append(self.delegates.is_valid())
        return all(valid)

    @property
    def errors(self):
        """(field id, words) of everything that is wrong, in the page's order."""
        forms_ = [self.main, *(self.delegates or [])]
        found = [
            (form[name].id_for_label if name in form.fields else "main", error)
            for form in forms_
            if form.is_bound
            for name, errors in form.errors.items()
            for error in errors
        ]
        whole = self.delegates.non_form_errors() if self.delegates is not None else []
        return found + [("main", error) for error in whole]

    def typed(self):
        """All of it as it was typed, right or wrong, to be shown again."""
        draft = {"who": self.who, **_typed(self.main)}
        if self.delegates is not None:
            draft["delegates"] = [_typed(form) for form in self.delegates]
        return draft


def _typed(form):
    return {
        name: form[name].value() if name != "later" else bool(form[name].value())
        for name in form.fields
    }


class TermsForm(TaglessMixin, forms.Form):
    """The terms, and which version was on the page."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    accepted = forms.BooleanField(
        label="I accept these terms",
        error_messages={"required": "Tick that you accept the terms."},
    )

    def __init__(self, data=None, *, terms, **kwargs):
        super().__init__(data, initial={"version": terms.version}, **kwargs)
        self.terms = terms

    def clean_version(self):
        if self.cleaned_data["version"] != self.terms.version:
            changed = "The terms have changed since you opened this page. Please read them again."
            raise forms.ValidationError(changed)
        return self.terms.version
