"""The forms of the public pages."""

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Model

from bookings.models import Enquiry
from coaching_portal.common.forms import TaglessMixin
from profiles.models import DataComplaint

MOST_WORDS = "Keep this under 4,000 characters."


class EnquiryForm(TaglessMixin, forms.ModelForm):
    """What both kinds of enquiry ask: who writes, and what about."""

    class Meta:
        model: type[Model] = Enquiry
        fields = ["name", "email", "message"]
        error_messages = {
            "name": {"required": "Enter your name"},
            "email": {
                "required": "Enter your email address",
                "invalid": "Enter an email address like name@example.org",
            },
            "message": {"required": "Enter your message"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_message(self):
        return self._not_too_long("message")

    def _not_too_long(self, name):
        text = self.cleaned_data[name]
        if len(text) > 4000:
            raise forms.ValidationError(MOST_WORDS)
        return text


class ContactForm(EnquiryForm):
    class Meta(EnquiryForm.Meta):
        labels = {"name": "Your name", "email": "Your email address", "message": "Your message"}
        widgets = {"message": forms.Textarea(attrs={"rows": 6})}
        help_texts = {"message": "Please leave out anything about your health."}


class ComplaintForm(EnquiryForm):
    class Meta(EnquiryForm.Meta):
        model = DataComplaint
        labels = {
            "name": "Your name",
            "email": "Your email address",
            "message": "What happened, and what would you like us to do?",
        }
        widgets = {"message": forms.Textarea(attrs={"rows": 8})}
        error_messages = {
            **EnquiryForm.Meta.error_messages,
            "message": {"required": "Enter what your complaint is about"},
        }


class TeamEnquiryForm(EnquiryForm):
    """Four questions: who the team is, what it hopes for, when and where, whom to answer."""

    people = forms.IntegerField(
        label="How many people?",
        min_value=2,
        max_value=500,
        widget=forms.NumberInput(attrs={"class": "form-short", "inputmode": "numeric"}),
        error_messages={
            "required": "Enter how many people are in the team",
            "invalid": "Enter how many people as a number, such as 8",
            "min_value": "A team has two people or more. For one person, book a session instead",
            "max_value": "Enter a number up to 500",
        },
    )

    class Meta(EnquiryForm.Meta):
        fields = ["organisation", "people", "message", "arrangements", "name", "email", "phone"]
        labels = {
            "organisation": "Organisation and team",
            "message": "What would you like to be different?",
            "arrangements": "When, and where?",
            "name": "Your name",
            "email": "Your email address",
            "phone": "Your phone number (optional)",
        }
        help_texts = {
            "organisation": "For example: Example Hospitals NHS Trust, theatre recovery team.",
            "message": "A few sentences are enough. Please name no patients.",
            "arrangements": "Rough dates, how long you have in mind, at your workplace "
            "or ours, or by video. “Not sure yet” is an answer too.",
        }
        widgets = {
            "message": forms.Textarea(attrs={"rows": 5}),
            "arrangements": forms.Textarea(attrs={"rows": 3}),
        }
        error_messages = {
            **EnquiryForm.Meta.error_messages,
            "organisation": {"required": "Enter your organisation and team"},
            "message": {"required": "Enter what you would like to be different"},
            "arrangements": {"required": "Enter when and where, or “not sure yet”"},
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("organisation", "arrangements"):
            self.fields[name].required = True
        self.fields["organisation"].widget.attrs["autocomplete"] = "organization"
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.helper.layout = Layout(
            Fieldset("1. Who is the team?", "organisation", "people"),
            Fieldset("2. What brings you here?", "message"),
            Fieldset("3. What would suit you?", "arrangements"),
            Fieldset("4. Whom do we answer?", "name", "email", "phone"),
        )

    def clean_arrangements(self):
        return self._not_too_long("arrangements")
