from django import forms

from coaching_portal import visible_text
from profiles.models import Organisation
from training.forms.crispy import PlainHelper


class LearnerForm(forms.Form):
    """Who a place is for."""

    name = forms.CharField(
        validators=[visible_text.LINE],
        label="Full name",
        max_length=150,
        help_text="As it should stand on the certificate.",
        error_messages={"required": "Enter the delegate's full name."},
    )
    email = forms.EmailField(
        validators=[visible_text.LINE],
        label="E-mail address",
        help_text="Joining instructions go here.",
        error_messages={
            "required": "Enter the delegate's e-mail address.",
            "invalid": "Enter the e-mail address in the form name@example.org.",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper()


class WaitingForm(forms.Form):
    """For how many, and for whom, to wait."""

    organisation = forms.ModelChoiceField(
        label="For whom?",
        queryset=Organisation.objects.none(),
        required=False,
        empty_label="Myself",
    )
    places = forms.IntegerField(
        label="How many places?",
        min_value=1,
        max_value=100,
        initial=1,
        error_messages={"required": "Enter how many places you would like."},
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper()
        if organisations:
            self.fields["organisation"].queryset = organisations
        else:
            del self.fields["organisation"], self.fields["places"]

    def clean(self):
        data = super().clean()
        if "places" in self.fields and not data.get("organisation") and data.get("places", 1) > 1:
            self.add_error("places", "For yourself you can wait for one place.")
        return data

    @property
    def wanted(self):
        return {
            "organisation": self.cleaned_data.get("organisation"),
            "places": self.cleaned_data.get("places", 1),
        }
