from django import forms

from coaching_portal.common import visible_text
from coaching_portal.common.choice_fields import row_field
from coaching_portal.common.forms import TaglessMixin
from profiles.models import Organisation
from profiles.names import validate_name
from training.actions import Learner
from training.forms.enrolling import SelfForm, TermsForm, purchase_order_help


class LearnerForm(TaglessMixin, forms.Form):
    """Who a place is for."""

    name = forms.CharField(
        label="Full name",
        max_length=150,
        validators=[visible_text.LINE, validate_name],
        help_text="As it should appear on the certificate.",
        error_messages={"required": "Enter the delegate's full name."},
    )
    email = forms.EmailField(
        validators=[visible_text.LINE],
        label="Email address",
        help_text="Joining instructions go here.",
        error_messages={
            "required": "Enter the delegate's email address.",
            "invalid": "Enter the email address in the form name@example.org.",
        },
    )


class WaitingForm(TaglessMixin, forms.Form):
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
        if organisations:
            row_field(self, "organisation").queryset = organisations
        else:
            del self.fields["organisation"], self.fields["places"]

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if "places" in self.fields and not data.get("organisation") and data.get("places", 1) > 1:
            self.add_error("places", "For yourself you can wait for one place.")
        return data

    @property
    def wanted(self):
        return {
            "organisation": self.cleaned_data.get("organisation"),
            "places": self.cleaned_data.get("places", 1),
        }


class OfferForm(TermsForm):
    """Accept what is offered to someone who waits: how many, on which order, by which terms."""

    name = SelfForm.base_fields["name"]
    purchase_order = forms.CharField(
        label="Purchase order number", max_length=50, required=False, validators=[visible_text.LINE]
    )
    field_order = ("places", "purchase_order", "name", "accepted")

    def __init__(self, *args, waiting, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.waiting, self.user = waiting, user
        organisation = waiting.organisation
        if organisation or user.name:
            del self.fields["name"]
        if organisation:
            self.fields["purchase_order"].help_text = purchase_order_help(organisation)
        else:
            del self.fields["purchase_order"]
        if waiting.offered > 1:
            self.fields["places"] = _how_many(waiting.offered)
            self.order_fields(self.field_order)

    def clean_purchase_order(self):
        number = self.cleaned_data["purchase_order"].strip()
        if problem := self.waiting.organisation.problem_with_purchase_order(number):
            raise forms.ValidationError(problem)
        return number

    @property
    def order(self):
        """What `actions.accept_offer` is asked for."""
        data = self.cleaned_data
        if self.waiting.organisation:
            learners = [Learner()] * data.get("places", 1)
            return {"learners": learners, "purchase_order": data["purchase_order"]}
        return {"learners": [Learner(self.user.name or data["name"], self.user.email)]}


def _how_many(offered):
    return forms.IntegerField(
        label="How many places do you accept?",
        min_value=1,
        max_value=offered,
        initial=offered,
        help_text="The others go to the next on the waiting list.",
        error_messages={"required": "Enter how many places you accept."},
    )
