"""The coaches, and one coach with what a session costs."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bookings import pricing
from coaching_portal.billing.amounts import session_price
from profiles.models import Coach


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
    return render(request, "website/coach.html", {"coach": found, **_offers(found, request.user)})


def _offers(coach, user):
    """Which sessions this user can book, and the price of each."""
    rules = pricing.booking_rules_for(coach)
    client = user if user.is_authenticated else None
    return {
        "accepts_bookings": rules.accepts_bookings,
        "offers_introduction": pricing.offers_introduction(coach, rules, client),
        "prices": [
            (minutes, session_price(coach.hourly_rate, minutes))
            for minutes in sorted(rules.lengths)
        ],
    }
