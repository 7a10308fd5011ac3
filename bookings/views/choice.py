"""What the address of a booking page says: with whom, how long, where, for whom, and when."""

import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from bookings import terms
from bookings.models import BookingRules, CoachingSession, Programme
from bookings.wishes import Wish
from profiles.models import Client, Coach, User


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
    def owner(self):
        """Whose holds do not count as taken."""
        return {"visitor_key": self.visitor_key, "client": self.client}

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


def read(request, slug):
    """The choice that this request makes. A client or programme of somebody else's is a 404."""
    bookable = Q(pk__in=Coach.objects.public())
    if request.user.is_authenticated:
        bookable |= Q(user=request.user)
    coach = get_object_or_404(Coach.objects.select_related("user").filter(bookable), slug=slug)
    asked = {**request.GET.dict(), **request.POST.dict()}
    rules = terms.rules_of(coach)
    client = _client(request.user, coach, asked.get("client", ""))
    programme = _programme(coach, client, asked.get("programme", ""))
    return Choice(
        coach=coach,
        user=request.user,
        rules=rules,
        visitor_key=request.session.get("visitor_key", ""),
        minutes=_minutes(asked.get("minutes", ""), programme),
        place=asked.get("place") or next(iter(terms.offered_places(rules)), ""),
        zone=zone_of(request, coach),
        day=date_of(asked.get("date", "")),
        starts_at=start_in(asked, zone_of(request, coach)),
        client=client,
        client_key=asked.get("client", ""),
        programme=programme,
        outside_hours=asked.get("outside_hours") == "yes" and coach.user_id == request.user.pk,
    )


def with_visitor_key(request, choice):
    """The same choice by a visitor whose browser can be known again."""
    key = request.session.setdefault("visitor_key", secrets.token_urlsafe(24))
    return replace(choice, visitor_key=key)


def zone_of(request, coach):
    """The zone in which times are shown: as asked, the user's own, or the coach's."""
    asked = request.GET.get("zone") or request.POST.get("zone", "")
    if asked in zone_names():
        return asked
    return getattr(request.user, "time_zone", "") or coach.time_zone


@lru_cache(maxsize=1)
def zone_names():
    return frozenset(available_timezones())


def start_in(asked, zone):
    """The chosen start: one of the offered, or a date and a time that a coach typed."""
    if asked.get("typed_date") and asked.get("outside_hours") == "yes":
        return local_moment(f"{asked['typed_date']}T{asked.get('typed_time', '')}", zone)
    return moment(asked.get("start", ""))


def local_moment(text, zone):
    """The instant of a wall time, or None where the clocks leave it out."""
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
        found = local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _exists(local) else None


def _exists(local):
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)


def moment(text):
    """An instant from its ISO form, or None. A plus sign arrives as a space when not escaped."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _client(user, coach, key):
    """Who is to be coached: the user, or whom the coach or the keeper of a diary names."""
    if not user.is_authenticated:
        return None
    if coach.user_id == user.pk:
        return _named(Client.objects.filter(coach=coach), key).user if key else None
    return _named(User.objects.filter(diary_delegates__user=user), key) if key else user


def _programme(coach, client, key):
    if not key or client is None:
        return None
    return _named(Programme.objects.filter(coach=coach, client=client), key)


def _named(found, key):
    try:
        return get_object_or_404(found, uuid=uuid.UUID(key))
    except ValueError:
        raise Http404 from None


def _minutes(text, programme):
    if programme and not text:
        return programme.minutes
    return int(text) if text.isdecimal() and len(text) < 5 else None


def date_of(text):
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2199 else None
