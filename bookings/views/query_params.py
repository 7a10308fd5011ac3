"""Reading a selection from an address or a form. What is not the user's own is not found."""

import secrets
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from bookings import pricing
from bookings.models import BookingRules, Programme
from bookings.views.booking_selection import SINGLE, BookingSelection
from coaching_portal.common.date_fields import is_within_reach
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.models import Client, Coach, User

NOBODY = 0  # no user has this key


def _query_coach(slug, user):
    """A coach whom everybody may book, or this user's own page."""
    is_public = Q(is_public=True, user__is_active=True)
    found = Coach.objects.filter(is_public | Q(user=user), slug=slug)
    return found.select_related("user", "booking_rules")


_COACH = PreparedQuery(_query_coach)


def parse_selection(request, slug, *, stored=None):
    """The selection that this request makes. Another person's client or programme is a 404.

    `stored` stands for what the address and the form say, where it was chosen before.
    """
    coach = _COACH.first(slug=slug, user=request.user.pk or NOBODY)
    if coach is None:
        raise Http404
    asked = {**request.GET.dict(), **request.POST.dict()} if stored is None else stored
    rules = getattr(coach, "booking_rules", None) or BookingRules(coach=coach)
    client = _client(request.user, coach, asked.get("client", ""))
    if stored is None:
        asked |= _session_of_first_step(coach, client, request.GET.get("session", ""))
    zone = zone_of(request, coach, asked.get("zone", ""))
    programme = _programme(coach, client, asked.get("programme", ""))
    return BookingSelection(
        coach=coach,
        user=request.user,
        rules=rules,
        at=timezone.now(),
        visitor_key=request.session.get("visitor_key", ""),
        minutes=_minutes(asked.get("minutes", ""), programme),
        # Links sent before December 2026 name it place.
        location=asked.get("location", asked.get("place")) or pricing.usual_location(rules),
        zone=zone,
        day=date_of(asked.get("date", "")),
        starts_at=start_in(asked, zone),
        client=client,
        client_key=asked.get("client", ""),
        programme=programme,
        is_single=asked.get("programme") == SINGLE,
        is_incomplete=asked.get("chosen") == "yes" and not (programme or asked.get("minutes")),
        is_changing=request.GET.get("change") == "yes",
        outside_hours=asked.get("outside_hours") == "yes" and coach.user_id == request.user.pk,
    )


def needs_sign_in(request):
    """Whether it is about a programme and nobody is signed in: whose it is cannot be known."""
    programme = request.GET.get("programme", "")
    return programme not in ("", SINGLE) and not request.user.is_authenticated


def with_visitor_key(request, selection):
    """The same selection by a visitor whose browser can be known again."""
    key = request.session.setdefault("visitor_key", secrets.token_urlsafe(24))
    return replace(selection, visitor_key=key)


def zone_of(request, coach, stored=""):
    """The zone in which times are shown: as asked, the user's own, or the coach's."""
    asked = request.GET.get("zone") or request.POST.get("zone") or stored
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
    return found if _exists(local) and is_within_reach(found) else None


def _exists(local):
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)


def moment(text):
    """An instant from its ISO form, or None. A plus sign arrives as a space when not escaped."""
    try:
        written = datetime.fromisoformat(text.strip().replace(" ", "+"))
        found = written.astimezone(UTC) if written.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return found if found and is_within_reach(found) else None


def _client(user, coach, key):
    """Who is to be coached: the user, or whom the coach or an assistant names."""
    if not user.is_authenticated:
        return None
    if coach.user_id == user.pk:
        return _named(Client.objects.filter(coach=coach), key).user if key else None
    return _named(User.objects.filter(diary_delegates__user=user), key) if key else user


def _session_of_first_step(coach, client, session):
    """What the one question of the first step says: a programme, or the minutes of a single one.

    A programme of which the client has no session left counts as nothing chosen: the coach may
    have chosen another client in the same form.
    """
    if session.isdecimal():
        return {"programme": SINGLE, "minutes": session}
    if not session:
        return {}
    found = Programme.objects.filter(coach=coach, client=client).with_sessions_left()
    keys = {str(key) for key in found.values_list("uuid", flat=True)} if client else set()
    return {"programme": session if session in keys else "", "minutes": ""}


def _programme(coach, client, key):
    if not key or key == SINGLE or client is None:
        return None
    return _named(Programme.objects.filter(coach=coach, client=client), key)


def _named(found, key):
    return get_object_or_404(found, uuid=uuid_of(key))


def uuid_of(text):
    """The uuid that an address names; what is none is not found."""
    try:
        return uuid.UUID(text)
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
    return found if is_within_reach(found) else None
