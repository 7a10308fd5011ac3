"""A coach's booking for a client, or for somebody new; and a client's acceptance of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q

from bookings import pricing
from bookings.actions.booking_for_clients import NewPerson
from bookings.actions.booking_request import Acceptance, BookingRequest, Details
from bookings.forms.booking import LOCATION_QUESTIONS, Location
from bookings.forms.fields import ClockField
from bookings.models import Programme
from coaching_portal.common import formatting, visible_text
from coaching_portal.common.choice_fields import choice_field
from coaching_portal.common.date_fields import DayField, is_within_reach
from coaching_portal.common.dates import in_cooling_off_period
from profiles.models import Organisation
from profiles.names import validate_name

SINGLE = ""
THEMSELVES = ""


class BookForClientForm(forms.Form):
    """`client` is one of the coach's; None where she enters somebody new."""

    name = forms.CharField(
        label="Full name",
        max_length=150,
        validators=[visible_text.LINE, validate_name],
        error_messages={"required": "Enter the person’s full name."},
    )
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        required=False,
        validators=[visible_text.LINE],
        help_text="We ask them to accept the agreement.",
    )
    phone = forms.CharField(
        label="Phone number",
        max_length=40,
        required=False,
        validators=[visible_text.LINE],
        help_text="Without an email address you tell them yourself.",
    )
    programme = forms.ChoiceField(required=False, widget=forms.RadioSelect)
    date = DayField(label="Date")
    time = ClockField(label="Start")
    minutes = forms.TypedChoiceField(
        label="Length",
        coerce=int,
    )
    location = forms.ChoiceField(label="Location")
    location_details = forms.CharField(
        label="Phone number or address",
        max_length=300,
        required=False,
        validators=[visible_text.LINE],
        help_text="For a phone call, the number. At their workplace, where you go.",
    )
    payer = forms.ChoiceField(label="Who pays?", required=False)
    outside_hours = forms.BooleanField(
        label="Book this also if it is outside my hours", required=False
    )
    tell = forms.BooleanField(label="Email the client about this", required=False, initial=True)

    def __init__(self, data=None, *, coach, rules, client, at, **initial):
        self.coach, self.rules, self.client, self.at = coach, rules, client, at
        self.zone = ZoneInfo(coach.time_zone)
        super().__init__(data, initial=initial)
        self.fields["time"].error_messages["required"] = "Enter the start."
        self._offer()

    def _offer(self):
        lengths = pricing.lengths_open_to(self.client, self.coach, self.rules)
        choice_field(self, "minutes").choices = [
            (minutes, self._length_words(minutes)) for minutes in lengths
        ]
        choice_field(self, "location").choices = [
            (each.value, each.label) for each in pricing.offered_locations(self.rules)
        ]
        self.initial.setdefault("minutes", self._usual_length(lengths))
        self.programmes = self._programmes()
        self.organisations = self._organisations()
        choice_field(self, "payer").choices = [
            (THEMSELVES, str(self.client)),
            *((key, found.name) for key, found in self.organisations.items()),
        ]
        choice_field(self, "programme").choices = [
            (SINGLE, "No: a session by itself"),
            *((key, found.title) for key, found in self.programmes.items()),
        ]
        choice_field(self, "programme").label = "Part of a programme?"
        self.initial.setdefault("programme", next(iter(self.programmes), SINGLE))
        if self.programmes:
            words = "A session of a programme has the programme’s length and price."
            self.fields["minutes"].help_text = words
        self._leave_out()

    def _leave_out(self):
        unasked = {"name", "email", "phone"} if self.client else {"programme", "payer"}
        unasked |= set() if self.programmes else {"programme"}
        unasked |= set() if self.organisations else {"payer"}
        if self.client and not self.client.mail_address:
            unasked |= {"tell"}
        for name in unasked:
            del self.fields[name]

    def _length_words(self, minutes):
        price = pricing.pricing_for(self.coach, minutes=minutes, rules=self.rules).price
        cost = formatting.money(price) if price else "free"
        return f"{formatting.length(minutes)}, {cost}"

    def _usual_length(self, lengths):
        longer = [each for each in lengths if each != pricing.INTRODUCTION_MINUTES]
        return next(iter(longer or lengths), None)

    def _programmes(self):
        if self.client is None:
            return {}
        found = Programme.objects.filter(coach=self.coach, client=self.client)
        return {str(each.uuid): each for each in found.with_sessions_left()}

    def _organisations(self):
        """Those that the client belongs to, or that have paid for a session of the two."""
        if self.client is None:
            return {}
        paid = self.client.coaching_sessions.filter(coach=self.coach, organisation__isnull=False)
        theirs = Q(memberships__user=self.client) | Q(pk__in=paid.values("organisation"))
        found = Organisation.objects.filter(theirs).distinct().by_name()
        return {str(each.uuid): each for each in found}

    def clean(self):
        super().clean()
        given = self.cleaned_data
        is_asked = "email" in self.fields and "email" not in self.errors
        if is_asked and not (given.get("email") or given.get("phone")):
            self.add_error("email", "Enter an email address or a phone number.")
        if not self.errors:
            self._read_start(given)
            self._ask_where(given)
        return given

    def _read_start(self, given):
        local = datetime.combine(given["date"], given["time"], self.zone)
        starts_at = local.astimezone(ZoneInfo("UTC"))
        if starts_at.astimezone(self.zone).time() != given["time"]:
            self.add_error("time", "The clocks go forward then: choose another time.")
        elif not is_within_reach(starts_at):
            self.add_error("date", "Enter a date from 2000 to 2100.")
        given["starts_at"] = starts_at

    def _ask_where(self, given):
        """A phone call needs a number, which may be known; a workplace needs its address."""
        location = given["location"]
        if location not in LOCATION_QUESTIONS or given["location_details"]:
            return
        known = self.client.phone if self.client else given.get("phone", "")
        if location == Location.TELEPHONE and known:
            given["location_details"] = known
            return
        what = LOCATION_QUESTIONS[location][0]
        self.add_error("location_details", f"Enter the {what[0].lower()}{what[1:]}.")

    @property
    def of_the_person(self):
        return self._asked("name", "email", "phone")

    @property
    def of_the_session(self):
        names = ("programme", "minutes", "location", "location_details", "payer")
        return self._asked(*names)

    @property
    def last_questions(self):
        return self._asked("outside_hours", "tell")

    def _asked(self, *names):
        return [self[name] for name in names if name in self.fields]

    def person(self):
        """Whom it is for: the client, or somebody new."""
        if self.client:
            return self.client
        given = self.cleaned_data
        return NewPerson(given["name"], given["email"], given["phone"])

    def booking_request(self):
        given = self.cleaned_data
        programme = self.programmes.get(given.get("programme", SINGLE))
        return BookingRequest(
            self.coach,
            given["starts_at"],
            programme.minutes if programme else given["minutes"],
            location=given["location"],
            programme=programme,
            outside_hours=given["outside_hours"],
        )

    def details(self):
        given = self.cleaned_data
        return Details(
            location_details=given["location_details"],
            organisation=self.organisations.get(given.get("payer", THEMSELVES)),
        )

    @property
    def tells_client(self):
        return bool(self.cleaned_data.get("tell"))


class AcceptForm(forms.Form):
    """Nothing to enter but, where the law asks for it, the wish for a session so soon."""

    agreement = forms.CharField(widget=forms.HiddenInput)
    start_early = forms.BooleanField(
        label="I want this session in the 14-day cancellation period, "
        "and know that I pay for it once it has taken place",
        error_messages={"required": "Tick to ask for the session within the 14 days."},
    )

    def __init__(self, data=None, *, session, text, at):
        self.text = text
        super().__init__(data, initial={"agreement": text.sha256})
        is_soon = in_cooling_off_period(session.starts_at, agreed_at=at)
        if session.is_free or session.organisation_id or not is_soon:
            del self.fields["start_early"]

    def clean_agreement(self):
        """The text may have changed since the page was opened."""
        if self.cleaned_data["agreement"] != self.text.sha256:
            self.data = {**dict(self.data.items()), "agreement": self.text.sha256}
            raise forms.ValidationError("The agreement has changed. Read it again and accept it.")
        return self.cleaned_data["agreement"]

    def acceptance(self, *, accepted_from):
        wishes = bool(self.cleaned_data.get("start_early"))
        return Acceptance(self.text, accepted_from, wishes)
