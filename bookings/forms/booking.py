"""The details of a booking: where exactly, who pays, needs, agenda, agreement."""

from django import forms
from django.db.models import Q

from bookings.actions import agreement_texts
from bookings.actions.booking_request import Acceptance, Details
from bookings.models import CoachingSession
from coaching_portal.common import formatting, visible_text
from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.dates import in_cooling_off_period
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.actions import consents
from profiles.models import Organisation
from profiles.names import validate_name

Location = CoachingSession.Location
MYSELF, ANOTHER = "self", "another"


def _query_known_organisations(client):
    """Those that the client belongs to, or has named before."""
    named = CoachingSession.objects.filter(client=client, organisation__isnull=False)
    found = Organisation.objects.filter(
        Q(memberships__user=client) | Q(pk__in=named.values("organisation"))
    )
    return found.distinct().by_name()


_KNOWN_ORGANISATIONS = PreparedQuery(_query_known_organisations)
LOCATION_QUESTIONS = {
    Location.TELEPHONE: ("Phone number", "We phone you on this number."),
    Location.WORKPLACE: ("Address of your workplace", "Where the coach should come."),
}


class DetailsForm(forms.Form):
    """Asks only what this booking needs; `selection` says which it is."""

    name = forms.CharField(label="Your full name", max_length=150, validators=[visible_text.LINE])
    location_details = forms.CharField(max_length=300, validators=[visible_text.LINE])
    payer = forms.ChoiceField(label="Who pays?", widget=forms.RadioSelect)
    organisation_name = forms.CharField(
        validators=[visible_text.LINE],
        label="Name of the other organisation",
        max_length=200,
        required=False,
        help_text="Only if you chose another organisation. We check it before we send an invoice.",
    )
    purchase_order = forms.CharField(
        validators=[visible_text.LINE],
        label="Purchase order number (optional)",
        max_length=50,
        required=False,
        help_text="If an organisation pays and gives you one. You can send it later.",
    )
    needs = forms.CharField(
        validators=[visible_text.PROSE],
        label="Accessibility needs (optional)",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Anything that makes the session easier for you. {consents.NEEDS_WORDS}",
    )
    agenda = forms.CharField(
        validators=[visible_text.PROSE],
        label="What would you like to talk about? (optional)",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Only you and your coach see this. You can change it until the session starts.",
    )
    # What the button said. Never what is charged: that is the server's.
    shown_price = forms.DecimalField(widget=forms.HiddenInput, required=False)
    agreement = forms.CharField(widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label="I accept this agreement",
        error_messages={"required": "Tick to accept the agreement."},
    )
    start_early = forms.BooleanField(
        required=False,
        label="I want this session in the 14-day cancellation period, "
        "and know that I pay for it once it has taken place",
    )

    def __init__(self, *args, selection, at, **kwargs):
        self.selection, self.at = selection, at
        self.text = agreement_texts.short_form(selection.coach)
        super().__init__(*args, **kwargs)
        self._ask_only_what_matters()
        self._fill_in_what_is_known()

    def _ask_only_what_matters(self):
        unasked = set()
        if getattr(self.selection.user, "name", "") or self.selection.is_for_somebody_else:
            unasked |= {"name"}
        if self.selection.location not in LOCATION_QUESTIONS:
            unasked |= {"location_details"}
        if self.selection.programme or not self.selection.price:
            unasked |= {"payer", "organisation_name", "purchase_order", "start_early"}
        if self.selection.is_for_somebody_else:
            unasked |= {"needs", "agenda"}
        if self.selection.programme or self.selection.is_by_coach:
            unasked |= {"shown_price", "agreement", "accept", "start_early"}
        if not in_cooling_off_period(self.selection.starts_at, agreed_at=self.at):
            unasked |= {"start_early"}
        for name in unasked & set(self.fields):
            del self.fields[name]

    def _fill_in_what_is_known(self):
        client = self.selection.client
        self.initial["shown_price"] = self.selection.price
        if "location_details" in self.fields:
            label, help_text = LOCATION_QUESTIONS[self.selection.location]
            field = self.fields["location_details"]
            field.label, field.help_text = label, help_text
            field.error_messages["required"] = f"Enter the {label[0].lower()}{label[1:]}."
            if self.selection.location == Location.TELEPHONE:
                field.initial = client.phone if client else ""
        if "name" in self.fields:
            self.fields["name"].error_messages["required"] = "Enter your full name."
        if "payer" in self.fields:
            self._offer_payers(client)
        if "needs" in self.fields:
            self.fields["needs"].initial = client.needs if client else ""
        if "agreement" in self.fields:
            self.fields["agreement"].initial = self.text.sha256

    def _offer_payers(self, client):
        self.organisations = {
            str(organisation.uuid): organisation
            for organisation in self._known_organisations(client)
        }
        names = [(key, found.name) for key, found in self.organisations.items()]
        myself = str(client) if self.selection.is_for_somebody_else else "I pay myself"
        field = choice_field(self, "payer")
        field.choices = [(MYSELF, myself), *names, (ANOTHER, "Another organisation")]
        field.initial = MYSELF
        field.error_messages["required"] = "Choose who pays."

    @property
    def before_agreement(self):
        """The questions that stand above the agreement's text."""
        below = ("shown_price", "agreement", "accept", "start_early")
        return [field for field in self if field.name not in below]

    def _known_organisations(self, client):
        """Those that the client belongs to, or has named before."""
        if client is None:
            return []
        return _KNOWN_ORGANISATIONS.all(client=client.pk)

    def clean(self):
        super().clean()
        given = self.cleaned_data
        payer = given.get("payer")
        if payer == ANOTHER and not given.get("organisation_name", "").strip():
            self.add_error("organisation_name", "Enter the name of the organisation that pays.")
        self._check_purchase_order(given)
        self._check_what_was_shown(given)
        if "start_early" in self.fields and payer == MYSELF and not given.get("start_early"):
            self.add_error(
                "start_early",
                "Tick to ask for the session within the 14 days, or choose a later time.",
            )
        return given

    def _check_what_was_shown(self, given):
        """The agreement and the price may have changed since the page was opened."""
        if "agreement" in self.fields and given.get("agreement") != self.text.sha256:
            self._show_anew("agreement", self.text.sha256)
            self.add_error(None, "The agreement has changed. Read it again and accept it.")
        if given.get("shown_price") not in (None, self.selection.price):
            self._show_anew("shown_price", self.selection.price)
            price = formatting.money(self.selection.price)
            self.add_error(None, f"The price has changed to {price}. Check it and book again.")

    def _show_anew(self, name, value):
        self.data = {**dict(self.data.items()), name: value}

    def _check_purchase_order(self, given):
        organisation = getattr(self, "organisations", {}).get(given.get("payer"))
        number = given.get("purchase_order", "")
        problem = organisation.problem_with_purchase_order(number) if organisation else ""
        if number and problem:
            self.add_error("purchase_order", problem)

    def details(self, *, accepted_from):
        """The details entered, for the action."""
        given = self.cleaned_data
        return Details(
            name=given.get("name", ""),
            location_details=given.get("location_details", ""),
            organisation=self._organisation(given),
            purchase_order=given.get("purchase_order", ""),
            needs=given.get("needs", ""),
            agenda=given.get("agenda", ""),
            acceptance=self._acceptance(given, accepted_from),
        )

    def _organisation(self, given):
        """A known one, or an unsaved one for the office to check."""
        if given.get("payer") == ANOTHER:
            return Organisation(name=given["organisation_name"].strip(), is_checked=False)
        return getattr(self, "organisations", {}).get(given.get("payer"))

    def _acceptance(self, given, accepted_from):
        if not given.get("accept"):
            return None
        return Acceptance(self.text, accepted_from, bool(given.get("start_early")))


class VisitorForm(DetailsForm):
    """The same of a visitor: name and email, and what a price makes necessary; no more."""

    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        validators=[visible_text.LINE],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="We send a code to it.",
        error_messages={"required": "Enter your email address."},
    )
    field_order = ("name", "email")

    def _ask_only_what_matters(self):
        super()._ask_only_what_matters()
        unasked = {"needs", "agenda"}
        if not self.selection.price:
            unasked |= {"accept"}
        for name in unasked & set(self.fields):
            del self.fields[name]
        self.fields["name"].widget.attrs["autocomplete"] = "name"

    def clean_name(self):
        name = self.cleaned_data["name"]
        validate_name(name)
        return name

    @property
    def of_the_payer(self):
        names = ("payer", "organisation_name", "purchase_order")
        return [self[name] for name in names if name in self.fields]

    @property
    def is_payer_open(self):
        """Whether something of it has been typed, or is wrong."""
        asked = [field.name for field in self.of_the_payer]
        return any(name in self.errors for name in asked) or self["payer"].value() != MYSELF

    @property
    def first_questions(self):
        below = [field.name for field in self.of_the_payer]
        return [field for field in self.before_agreement if field.name not in below]

    def answers(self):
        """What was typed, as it was sent: checked again once it is known who it is."""
        typed = {name: self.data[name] for name in self.fields if name in self.data}
        # A free conversation asks for no tick: the page says that the button accepts.
        return typed if "accept" in self.fields else typed | {"accept": "on"}


class AgendaForm(forms.Form):
    text = forms.CharField(
        validators=[visible_text.PROSE],
        label="Add something to talk about",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what you would like to talk about."},
    )
