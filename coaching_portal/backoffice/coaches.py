"""All coaches side by side in Django admin: their week, who is free, and what each charges."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.models import CoachingSession
from bookings.presenters import practice
from bookings.presenters.week import code_of, monday_of
from coaching_portal.common.dates import london_date


@require_safe
def coaches(request):
    """A week of everybody, or of one coach; for whoever may see sessions in the admin."""
    if not admin.site.get_model_admin(CoachingSession).has_view_permission(request):
        raise PermissionDenied
    at = timezone.now()
    this_week = code_of(london_date(at))
    monday = monday_of(request.GET.get("week") or this_week)
    if monday is None:
        raise Http404("There is no such week.")
    week = practice.PracticeWeek(monday, at)
    week.only = _chosen(week.all_coaches, request.GET.get("coach"))
    context = {
        **admin.site.each_context(request),
        "title": "Coaches side by side",
        "week": week,
        "this_week": this_week,
        "charges": practice.charges([each.coach for each in week.weeks]),
        "at": at,
    }
    return TemplateResponse(request, "backoffice/coaches.html", context)


def _chosen(coaches, slug):
    """The coach of this slug; None, for all of them, where none is named."""
    if not slug:
        return None
    for coach in coaches:
        if coach.slug == slug:
            return coach
    raise Http404("There is no such coach.")
