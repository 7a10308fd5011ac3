"""The first page: one promise, the next free times, a coach, a leader, the next courses."""

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import pricing
from bookings.presenters.next_times import next_times, usual_length
from bookings.pricing import INTRODUCTION_MINUTES
from coaching_portal.billing.models import Practice
from coaching_portal.billing.structured_data import professional_service
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.common.structured_data import script
from profiles.models import Coach, Interview
from training.models import Cohort

COURSE_DATES = 4

_FIRST_COACH = PreparedQuery(
    lambda: Coach.objects.public().select_related("user").in_order()[:1],
)
# The interview behind the thought that the page quotes from a leader's profile.
_INTERVIEW = PreparedQuery(
    lambda: (
        Interview.objects.public()
        .exclude(leader__thought="")
        .select_related("leader")
        .order_by("leader__position", "leader__sort_name", "pk")[:1]
    )
)
_COHORTS = PreparedQuery(lambda at: Cohort.objects.upcoming(at)[:COURSE_DATES])


@login_not_required
@require_safe
def home(request):
    at = timezone.now()
    coach = _FIRST_COACH.first()
    rules = pricing.booking_rules_for(coach) if coach else None
    minutes = usual_length(coach, rules, request.user)
    practice = Practice.current()
    return render(
        request,
        "website/home.html",
        {
            "practice": practice,
            "structured_data": script(professional_service(practice)),
            "coach": coach,
            "minutes": minutes,
            "is_first_conversation": minutes == INTRODUCTION_MINUTES,
            "times": next_times(coach, rules, minutes, at),
            "interview": _INTERVIEW.first(),
            "cohorts": _COHORTS.all(at=at),
        },
    )
