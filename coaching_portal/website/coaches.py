"""The coaches, and one coach with what a session costs."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import pricing
from bookings.presenters.next_times import next_times, usual_length
from bookings.pricing import INTRODUCTION_MINUTES
from coaching_portal.billing.amounts import session_price
from coaching_portal.billing.models import Practice
from coaching_portal.billing.structured_data import professional_service
from coaching_portal.common.structured_data import script
from coaching_portal.website.structured_data import coaching_service
from profiles.models import Coach
from profiles.structured_data import coach_person


@login_not_required
@require_safe
def coaches(request):
    found = Coach.objects.public().select_related("user").in_order()
    return render(request, "website/coaches.html", {"coaches": found})


@login_not_required
@require_safe
def coach(request, slug):
    found = get_object_or_404(
        Coach.objects.public()
        .select_related("user")
        .prefetch_related("career", "qualifications", "publications"),
        slug=slug,
    )
    offers = _offers(found, request.user)
    context = {
        "coach": found,
        **offers,
        **_next_times(found, offers, request.user),
        **_for_search_engines(found, offers),
    }
    return render(request, "website/coach.html", context)


def _next_times(coach, offers, user):
    """Three days' first free times, of the session that this user would book first."""
    if not offers["accepts_bookings"]:
        return {"times": []}
    rules = offers["rules"]
    minutes = usual_length(coach, rules, user)
    return {
        "minutes": minutes,
        "is_first_conversation": minutes == INTRODUCTION_MINUTES,
        "times": next_times(coach, rules, minutes, timezone.now()),
    }


def _for_search_engines(coach, offers):
    practice = Practice.current()
    provider = professional_service(practice)
    things = [coach_person(coach, provider)]
    if offers["accepts_bookings"]:
        things.append(coaching_service(coach, offers["prices"], provider))
    return {"practice": practice, "structured_data": script(*things)}


def _offers(coach, user):
    """Which sessions this user can book, and the price of each."""
    rules = pricing.booking_rules_for(coach)
    client = user if user.is_authenticated else None
    return {
        "rules": rules,
        "accepts_bookings": rules.accepts_bookings,
        "offers_introduction": pricing.offers_introduction(coach, rules, client),
        "prices": [
            (minutes, session_price(coach.hourly_rate, minutes))
            for minutes in sorted(rules.lengths)
        ],
    }
