"""A series of sessions: how often and how many, and where, as far as it is not known."""

from django import forms

from bookings.availability.series_dates import INTERVALS
from bookings.forms.booking import LOCATION_QUESTIONS, Location
from coaching_portal.common import visible_text
from coaching_portal.common.forms import TaglessMixin

EVERY_FORTNIGHT = "2"


class SeriesForm(TaglessMixin, forms.Form):
    """Sent by GET: what is chosen stays in the address, and nothing is kept until it is booked."""

    every = forms.ChoiceField(
        label="How often?",
        choices=INTERVALS,
        initial=EVERY_FORTNIGHT,
        error_messages={
            "required": "Choose how often",
            "invalid_choice": "Choose how often, from the list",
        },
    )
    number = forms.IntegerField(label="How many sessions?", min_value=2)

    def __init__(self, *args, starts_at, most, **kwargs):
        super().__init__(*args, **kwargs)
        self.starts_at, self.most = starts_at, most
        field = self.fields["number"]
        field.initial = most
        field.help_text = f"At most {most}."
        field.widget.attrs["max"] = most
        wrong = f"Enter how many sessions, from 2 to {most}"
        field.error_messages.update(required=wrong, invalid=wrong, min_value=wrong)

    def clean_number(self):
        number = self.cleaned_data["number"]
        if number > self.most:
            raise forms.ValidationError(f"Enter how many sessions, from 2 to {self.most}")
        return number

    def clean(self):
        super().clean()
        if self.starts_at is None:
            self.add_error(None, "Choose the time of the first session.")
        return self.cleaned_data


class SeriesDetailsForm(TaglessMixin, forms.Form):
    """Asks only what the location makes necessary."""

    location_details = forms.CharField(max_length=300, validators=[visible_text.LINE])

    def __init__(self, *args, location, client, **kwargs):
        super().__init__(*args, **kwargs)
        if location not in LOCATION_QUESTIONS:
            del self.fields["location_details"]
            return
        label, help_text = LOCATION_QUESTIONS[location]
        field = self.fields["location_details"]
        field.label, field.help_text = label, help_text
        field.error_messages["required"] = f"Enter the {label[0].lower()}{label[1:]}."
        if location == Location.TELEPHONE:
            field.initial = client.phone
