"""The first page: one promise, the next free times, a coach, a leader, the next courses."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import diary
from profiles.models import Coach, Interview
from training.models import Cohort

FIRST_CONVERSATION = 30  # minutes
LOOK_AHEAD = timedelta(days=28)
COURSE_DATES = 4


@login_not_required
@require_safe
def home(request):
    at = timezone.now()
    coach = Coach.objects.public().select_related("user").in_order().first()
    return render(
        request,
        "coaching_portal/home.html",
        {
            "coach": coach,
            "times": _next_times(coach, at),
            "interview": _interview(),
            "cohorts": Cohort.objects.upcoming(at)[:COURSE_DATES],
        },
    )


def _next_times(coach, at):
    """The next three free times of a first conversation."""
    if coach is None:
        return []
    free = diary.open_slots(
        coach, minutes=FIRST_CONVERSATION, since=at, until=at + LOOK_AHEAD, at=at
    )
    return free[:3]


def _interview():
    """The interview behind the thought that the page quotes from a leader's profile."""
    return (
        Interview.objects.public()
        .exclude(leader__thought="")
        .select_related("leader")
        .order_by("leader__position", "leader__sort_name", "pk")
        .first()
    )
