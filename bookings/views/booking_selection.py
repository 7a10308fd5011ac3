"""What the address of a booking page says: with whom, how long, where, for whom, and when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from bookings import pricing
from bookings.actions import checks
from bookings.actions.booking_request import BookingRequest
from bookings.availability.slot_queries import Requester
from bookings.models import BookingRules, CoachingSession, Programme
from coaching_portal.common.dates import local_date
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.common.refusals import Refusal
from profiles.models import Client, Coach, User

# In an address, in place of a programme: said to be a session outside every programme.
SINGLE = "none"
_PROGRAMMES = PreparedQuery(
    lambda coach, client: Programme.objects.filter(coach=coach, client=client).with_sessions_left()
)


@dataclass(frozen=True)
class BookingSelection:
    """Everything chosen so far. `address` leads to any step with the same selection."""

    coach: Coach
    user: User | AnonymousUser
    rules: BookingRules
    at: datetime
    visitor_key: str = ""
    minutes: int | None = None
    location: str = ""
    zone: str = ""
    day: date | None = None
    starts_at: datetime | None = None
    client: User | None = None
    client_key: str = ""
    programme: Programme | None = None
    is_single: bool = False  # said to be outside the client's programmes
    is_incomplete: bool = False  # the first step was sent without a session
    is_changing: bool = False  # back at the first step
    outside_hours: bool = False

    @property
    def is_by_coach(self):
        return self.coach.user_id == self.user.pk

    @property
    def is_for_somebody_else(self):
        return self.client is not None and self.client.pk != self.user.pk

    @property
    def content_visible_to_user(self):
        """Whether the user may know of the programme's title, rate and payer."""
        return self.user == self.client or self.is_by_coach

    @cached_property
    def programmes(self):
        """The client's programmes with this coach of which a session can be booked."""
        if self.client is None:
            return []
        return _PROGRAMMES.all(coach=self.coach.pk, client=self.client.pk)

    @property
    def proposed(self):
        """The programme that the first step has chosen already: the one said, or the only one."""
        if self.programme in self.programmes:
            return self.programme
        is_only_answer = len(self.programmes) == 1 and not (self.is_single or self.refusal)
        return self.programmes[0] if is_only_answer else None

    @cached_property
    def single_lengths(self):
        """The lengths of a session outside programmes, each with what it costs."""
        lengths = pricing.lengths_open_to(self.client, self.coach, self.rules)
        return [
            (minutes, pricing.pricing_for(self.coach, minutes=minutes, rules=self.rules))
            for minutes in lengths
        ]

    @cached_property
    def single_minutes(self):
        """Which of them the first step has chosen already."""
        if self.programmes and not self.is_single:
            return None
        lengths = [minutes for minutes, _ in self.single_lengths]
        if self.minutes in lengths:
            return self.minutes
        if self.is_client_of_coach and lengths != [pricing.INTRODUCTION_MINUTES]:
            lengths = [minutes for minutes in lengths if minutes != pricing.INTRODUCTION_MINUTES]
        return next(iter(lengths), None)

    @property
    def is_client_of_coach(self):
        theirs = Client.objects.filter(user=self.client, coach=self.coach)
        return self.client is not None and theirs.exists()

    @cached_property
    def calendars(self):
        """The calendars that the user keeps for clients, as their assistant."""
        if self.is_by_coach or not self.user.is_authenticated:
            return []
        return list(self.user.diaries_kept.select_related("client").order_by("client__sort_name"))

    @property
    def locations(self):
        return pricing.offered_locations(self.rules)

    @property
    def place_label(self):
        return CoachingSession.Location(self.location).label

    @property
    def is_introduction(self):
        return pricing.kind_for(self.minutes, self.programme) == CoachingSession.Kind.INTRODUCTION

    @property
    def problem(self):
        """Why the next step cannot be shown yet, in words; empty when nothing was chosen."""
        offered = pricing.offered_lengths(self.coach, self.rules, self.programme)
        if self.is_incomplete:
            return "Choose which session you want."
        if self.minutes is not None and self.minutes not in offered:
            return f"{self.coach} does not offer sessions of that length. Choose another."
        if self.location not in self.locations:
            return f"{self.coach} does not offer sessions at that location. Choose another."
        return ""

    @cached_property
    def refusal(self):
        """Why this client cannot have what is chosen, at whatever time; empty when they can."""
        if self.client is None or self.minutes is None:
            return ""
        try:
            checks.check_client(self.booking_request, self.client, by=self.user, at=self.at)
        except Refusal as refusal:
            return str(refusal)
        return ""

    @property
    def can_be_series(self):
        """Whether several sessions of the programme can be booked at once."""
        left = next((each.left for each in self.programmes if each == self.programme), 0)
        return left > 1

    @property
    def needs_first_step(self):
        lacks_client = self.is_by_coach and self.client is None
        lacks_anything = self.minutes is None or lacks_client or bool(self.problem)
        return lacks_anything or self.is_changing or self.lacks_programme

    @property
    def lacks_programme(self):
        """Whether nobody has said that it is, or is not, a session of the client's programme."""
        return self.programme is None and not self.is_single and bool(self.programmes)

    def terms_of(self, minutes):
        return pricing.pricing_for(
            self.coach, minutes=minutes, programme=self.programme, rules=self.rules
        )

    @cached_property
    def terms(self):
        return self.terms_of(self.minutes)

    @property
    def price(self):
        return self.terms.price

    @property
    def payer(self):
        """The organisation that pays for the programme, for those who may know."""
        return (
            self.programme.organisation if self.programme and self.content_visible_to_user else None
        )

    @property
    def shows_price(self):
        """What an organisation pays is no matter of the person who books."""
        return not self.programme or (self.content_visible_to_user and not self.payer)

    @property
    def booking_request(self):
        # Without a time where `refusal` asks: it plays no part in who may book.
        return BookingRequest(
            self.coach,
            cast(datetime, self.starts_at),
            cast(int, self.minutes),
            location=self.location,
            programme=self.programme,
            outside_hours=self.outside_hours,
        )

    @property
    def requester(self):
        return Requester(visitor_key=self.visitor_key, client=self.client)

    def address(self, name, **changes):
        """The page `name` with this selection, but for `changes`."""
        selection = replace(self, **changes) if changes else self
        return f"{reverse(f'bookings:{name}', args=[self.coach.slug])}?{selection.query}"

    @cached_property
    def address_of_day(self):
        """A function that gives the page of a day: a page leads to thirty of them."""
        any_day = date.max
        before, _, after = self.address("book", day=any_day, starts_at=None).partition(
            any_day.isoformat()
        )
        return lambda day: f"{before}{day.isoformat()}{after}"

    @property
    def query(self):
        return urlencode(self.asked)

    @property
    def asked(self):
        """The selection as parameters of a url."""
        asked = {
            "minutes": self.minutes,
            "location": self.location,
            "zone": self.zone,
            "client": self.client_key,
            "programme": self.programme.uuid if self.programme else self.is_single and SINGLE,
            "date": self.day,
            "start": self.starts_at.isoformat() if self.starts_at else "",
            "outside_hours": "yes" if self.outside_hours else "",
        }
        return {name: value for name, value in asked.items() if value}

    def kept_with(self, day):
        """What a form that changes the zone hands on, with the day that is shown."""
        dropped = ("zone", "start")
        kept = {name: value for name, value in self.asked.items() if name not in dropped}
        return [*(kept | {"date": day}).items()]

    @property
    def kept_options(self):
        """What the form that changes length, location and day hands on."""
        kept = ("zone", "client", "outside_hours")
        return [(name, value) for name, value in self.asked.items() if name in kept]

    @property
    def this_step(self):
        return self.address("book", starts_at=None)

    @property
    def time_step(self):
        """The day of the chosen time, where length and location can be changed too."""
        day = self.starts_at and local_date(self.starts_at, self.zone)
        return self.address("book", starts_at=None, day=day)

    @property
    def first_step(self):
        return f"{self.address('book', starts_at=None, day=None)}&change=yes"

    @property
    def details_step(self):
        return self.address("details", day=None)
