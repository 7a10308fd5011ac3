"""What the address of a booking page says: with whom, how long, where, for whom, and when."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from bookings import terms
from bookings.models import BookingRules, CoachingSession, Programme
from bookings.wishes import Wish
from profiles.models import Coach, User


@dataclass(frozen=True)
class Choice:
    """Everything chosen so far. `address` leads to any step with the same choice."""

    coach: Coach
    user: object
    rules: BookingRules
    visitor_key: str = ""
    minutes: int | None = None
    place: str = ""
    zone: str = ""
    day: date | None = None
    starts_at: datetime | None = None
    client: User | None = None
    client_key: str = ""
    programme: Programme | None = None
    outside_hours: bool = False

    @property
    def is_by_coach(self):
        return self.coach.user_id == self.user.pk

    @property
    def is_for_somebody_else(self):
        return self.client is not None and self.client.pk != self.user.pk

    @property
    def lengths(self):
        """Each length with what it costs."""
        lengths = terms.offered_lengths(self.coach, self.rules, self.programme)
        return [(minutes, self.terms_of(minutes)) for minutes in lengths]

    @property
    def places(self):
        return terms.offered_places(self.rules)

    @property
    def place_label(self):
        return CoachingSession.Place(self.place).label

    @property
    def is_introduction(self):
        return terms.kind_for(self.minutes, self.programme) == CoachingSession.Kind.INTRODUCTION

    @property
    def problem(self):
        """Why the next step cannot be shown yet, in words; empty when nothing was chosen."""
        if self.minutes is not None and self.minutes not in dict(self.lengths):
            return f"{self.coach} does not offer sessions of that length. Choose another."
        if self.place not in self.places:
            return f"{self.coach} does not offer sessions in that place. Choose another."
        return ""

    @property
    def needs_first_step(self):
        lacks_client = self.is_by_coach and self.client is None
        return self.minutes is None or lacks_client or bool(self.problem)

    def terms_of(self, minutes):
        return terms.terms_for(
            self.coach, minutes=minutes, programme=self.programme, rules=self.rules
        )

    @cached_property
    def terms(self):
        return self.terms_of(self.minutes)

    @property
    def price(self):
        return self.terms.price

    @property
    def wish(self):
        return Wish(
            self.coach,
            self.starts_at,
            self.minutes,
            place=self.place,
            programme=self.programme,
            outside_hours=self.outside_hours,
        )

    @property
    def question(self):
        """For `diary.open_slots`: whose holds do not count as taken, and the coach's rules."""
        return {"visitor_key": self.visitor_key, "client": self.client, "stored": self.rules}

    def address(self, name, **changes):
        """The page `name` with this choice, but for `changes`."""
        choice = replace(self, **changes) if changes else self
        return f"{reverse(f'bookings:{name}', args=[self.coach.slug])}?{choice.query}"

    @property
    def query(self):
        return urlencode(self.asked)

    @property
    def asked(self):
        """The choice as it stands in an address."""
        asked = {
            "minutes": self.minutes,
            "place": self.place,
            "zone": self.zone,
            "client": self.client_key,
            "programme": self.programme.uuid if self.programme else "",
            "date": self.day,
            "start": self.starts_at.isoformat() if self.starts_at else "",
            "outside_hours": "yes" if self.outside_hours else "",
        }
        return {name: value for name, value in asked.items() if value}

    @property
    def kept(self):
        """What a form that changes the zone hands on."""
        return [(name, value) for name, value in self.asked.items() if name != "zone"]

    @property
    def this_step(self):
        return self.address("book", starts_at=None)

    @property
    def time_step(self):
        """The week of the chosen time."""
        day = self.starts_at.astimezone(ZoneInfo(self.zone)).date()
        return self.address("book", starts_at=None, day=day)

    @property
    def first_step(self):
        return self.address("book", minutes=None, starts_at=None, day=None)

    @property
    def details_step(self):
        return self.address("details", day=None)
