"""The coaches, and one coach with what a session costs."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ObjectDoesNotExist
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from bookings.models.hours import usual_lengths
from coaching_portal.billing.amounts import session_price
from profiles.models import Coach

LENGTHS = usual_lengths()


@login_not_required
@require_safe
def coaches(request):
    found = Coach.objects.public().select_related("user").in_order()
    return render(request, "coaching_portal/coaches.html", {"coaches": found})


@login_not_required
@require_safe
def coach(request, slug):
    found = get_object_or_404(
        Coach.objects.public()
        .select_related("user", "booking_rules")
        .prefetch_related("career", "qualifications", "publications"),
        slug=slug,
    )
    return render(request, "coaching_portal/coach.html", {"coach": found, **_offers(found)})


def _offers(coach):
    """Which sessions can be booked, and the price of each."""
    try:
        rules = coach.booking_rules
    except ObjectDoesNotExist:
        rules = None
    lengths = rules.lengths if rules else LENGTHS
    return {
        "accepts_bookings": rules.accepts_bookings if rules else True,
        "offers_introduction": rules.offers_introduction if rules else True,
        "prices": [(minutes, session_price(coach.hourly_rate, minutes)) for minutes in lengths],
    }
