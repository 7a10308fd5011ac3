"""The free times of a coach as JSON, for anyone."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.decorators import login_not_required
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings import pricing
from bookings.availability import slot_queries
from coaching_portal.common.date_fields import FIRST, LAST, is_within_reach
from coaching_portal.common.dates import DAY, local_midnight
from profiles.models import Coach

MOST_DAYS = 92


class BadQuestionError(ValueError):
    """The request cannot be answered; the text says why."""


@login_not_required
@require_safe
@never_cache
def times_json(request, slug):
    """GET ?minutes=60&from=2026-12-01&to=2026-12-31&zone=Europe/London"""
    coach = Coach.objects.public().filter(slug=slug).first()
    if coach is None:
        return JsonResponse({"error": "There is no coach of that name."}, status=404)
    try:
        answer = _answer(request, coach, timezone.now())
    except BadQuestionError as reason:
        return JsonResponse({"error": str(reason)}, status=400)
    return JsonResponse(answer)


def _answer(request, coach, at):
    rules = pricing.booking_rules_for(coach)
    client = request.user if request.user.is_authenticated else None
    minutes = _minutes(request.GET, pricing.lengths_open_to(client, coach, rules))
    first, last = _dates(request.GET)
    zone = _zone(request.GET, coach.time_zone)
    location = _location(request.GET, pricing.offered_locations(rules))
    starts = slot_queries.open_slots(
        coach,
        minutes=minutes,
        since=local_midnight(first, zone),
        until=local_midnight(last + DAY, zone),
        at=at,
        location=location,
        requester=slot_queries.Requester(
            visitor_key=request.session.get("visitor_key", ""), client=client
        ),
        stored=rules,
    )
    return {
        "coach": coach.slug,
        "minutes": minutes,
        "zone": zone.key,
        "price": f"{pricing.pricing_for(coach, minutes=minutes, rules=rules).price:.2f}",
        "times": [start.isoformat() for start in starts],
    }


def _minutes(question, offered):
    given = question.get("minutes", "")
    if not given:
        raise BadQuestionError("Give minutes: the length of the session, such as minutes=60.")
    if given not in map(str, offered):
        choices = ", ".join(map(str, offered))
        raise BadQuestionError(f"This coach offers sessions of {choices} minutes.")
    return int(given)


def _location(question, offered):
    """Where the session shall be; without it, times for any location are given."""
    given = question.get("location", "")
    if given and given not in offered:
        choices = ", ".join(offered)
        raise BadQuestionError(f"This coach offers sessions at {choices}.")
    return given


def _dates(question):
    first, last = _date(question, "from"), _date(question, "to")
    if last < first:
        raise BadQuestionError("The date in to must not be before the date in from.")
    if (last - first).days >= MOST_DAYS:
        raise BadQuestionError(f"Ask for at most {MOST_DAYS} days at a time.")
    return first, last


def _date(question, name):
    given = question.get(name, "")
    if not given:
        raise BadQuestionError(f"Give {name}: a date such as {name}=2026-12-01.")
    try:
        found = date.fromisoformat(given)
    except ValueError:
        found = None
    if found is None or found.isoformat() != given:
        raise BadQuestionError(f"The date in {name} must be written like 2026-12-01.")
    if not is_within_reach(found):
        raise BadQuestionError(f"The date in {name} must be between {FIRST.year} and {LAST.year}.")
    return found


def _zone(question, usual):
    name = question.get("zone") or usual
    if name not in _zone_names():
        raise BadQuestionError("The zone must be a name such as Europe/London.")
    return ZoneInfo(name)


@lru_cache(maxsize=1)
def _zone_names():
    return frozenset(available_timezones())
