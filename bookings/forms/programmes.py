"""Forms of a programme: the coach's terms, the client's acceptance, the review."""

from django import forms

from bookings import pricing
from bookings.actions.programmes import ProgrammeTerms
from bookings.models import Programme, Review
from coaching_portal.common import formatting, visible_text
from coaching_portal.common.choice_fields import choice_field, row_field
from coaching_portal.common.date_fields import DayField
from coaching_portal.common.forms import TaglessMixin
from coaching_portal.common.money_fields import LARGEST_RATE, amount_field
from profiles.models import Organisation


class TermsForm(TaglessMixin, forms.Form):
    title = forms.CharField(
        validators=[visible_text.LINE],
        max_length=120,
        initial="Individual coaching",
        help_text="Only you and the client see it. It does not appear in emails or invoices.",
    )
    sessions_agreed = forms.IntegerField(
        label="Number of sessions",
        min_value=1,
        max_value=60,
        initial=6,
        error_messages={"required": "Enter how many sessions"},
    )
    minutes = forms.TypedChoiceField(label="Length of a session", coerce=int)
    rate = amount_field(
        "Rate for an hour, £",
        min_value=0,
        max_value=LARGEST_RATE,
        error_messages={"required": "Enter the rate for an hour"},
    )
    cancellation_notice_hours = forms.IntegerField(
        label="Cancellation notice, hours", min_value=0, max_value=336
    )
    review_on = DayField(
        label="Review date",
        help_text="When you look back together. We email both of you 14 days and 3 days before, "
        "and on the day.",
        missing="Enter the review date",
    )
    organisation = forms.ModelChoiceField(
        label="Who pays",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="The client",
    )
    purchase_order = forms.CharField(max_length=50, required=False, validators=[visible_text.LINE])

    def __init__(self, *args, coach, client, **kwargs):
        super().__init__(*args, **kwargs)
        rules = pricing.booking_rules_for(coach)
        lengths = pricing.offered_lengths(coach, rules)
        lengths = [minutes for minutes in lengths if minutes != pricing.INTRODUCTION_MINUTES]
        choice_field(self, "minutes").choices = [(n, formatting.length(n)) for n in lengths]
        row_field(self, "organisation").queryset = Organisation.objects.of(client).by_name()
        self.fields["rate"].initial = coach.hourly_rate
        self.fields["cancellation_notice_hours"].initial = rules.cancellation_notice_hours

    @classmethod
    def initial_of(cls, programme):
        return {name: getattr(programme, name) for name in cls.base_fields}

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("purchase_order") and not cleaned.get("organisation"):
            self.add_error("purchase_order", "A purchase order belongs to an organisation.")
        return cleaned

    def terms(self):
        return ProgrammeTerms(**self.cleaned_data)


class ExtensionForm(TaglessMixin, forms.Form):
    """The client's acceptance of an extension."""

    accepts = forms.BooleanField(
        label="I have read what is proposed, and accept it",
        error_messages={"required": "Tick the box to accept the extension"},
    )
    wishes_to_start_early = forms.BooleanField(
        label="I agree to start within 14 days",
        required=False,
        help_text="You can still withdraw within 14 days. "
        "You pay for sessions that have taken place by then.",
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, **kwargs)
        if programme.organisation_id:
            del self.fields["wishes_to_start_early"]


class AcceptForm(ExtensionForm):
    """The client's acceptance of a programme."""

    field_order = ("terms_version", "accepts", "wishes_to_start_early")
    terms_version = forms.IntegerField(widget=forms.HiddenInput)
    accepts = forms.BooleanField(
        label="I have read the terms and the agreement, and accept them",
        error_messages={"required": "Tick the box to accept the terms"},
    )

    def __init__(self, *args, programme, **kwargs):
        super().__init__(*args, programme=programme, **kwargs)
        self.fields["terms_version"].initial = programme.terms_version


class ReviewForm(TaglessMixin, forms.Form):
    outcome = forms.ChoiceField(
        label="What did you decide?",
        choices=Review.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decided"},
    )
    sessions_added = forms.IntegerField(
        label="Sessions to add", min_value=1, max_value=60, required=False
    )
    new_review_on = DayField(
        label="New review date",
        required=False,
        help_text="An extension is a proposal: nothing changes until the client accepts it.",
    )

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        if cleaned.get("outcome") == Review.Outcome.EXTEND:
            self._require("sessions_added", "Enter how many sessions to add")
            self._require("new_review_on", "Enter the new review date")
        return cleaned

    def extension(self):
        """What is proposed, where the outcome is to extend."""
        return {name: self.cleaned_data[name] for name in ("sessions_added", "new_review_on")}

    def _require(self, name, words):
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, words)


class ReviewDateForm(TaglessMixin, forms.Form):
    review_on = DayField(
        label="Review date",
        missing="Enter the review date",
    )

    @classmethod
    def for_programme(cls, programme: Programme):
        return cls(initial={"review_on": programme.review_on})
