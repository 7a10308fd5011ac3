"""Where a coach takes time off, once or every year."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import actions, pricing
from bookings.availability import free_times, recurring_time_off
from bookings.availability.slot_queries import Supposed
from bookings.forms.time_off import TimeOffForm
from bookings.models import CoachingSession
from bookings.presenters import hours as presenter
from bookings.views.decorators import coach_required
from coaching_portal.common import formatting
from coaching_portal.common.idempotency import idempotent

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@never_cache
@coach_required
@idempotent
def time_off(request, coach, starts_at=None):
    """Take time off; with a moment in the address, change the time off that starts then."""
    at = timezone.now()
    current = _own_time_off(coach, starts_at) if starts_at else None
    form = TimeOffForm(request.POST or None, coach=coach, at=at, time_off=current)
    if "preview" not in request.POST and form.is_valid():
        given = form.cleaned_data
        saved = actions.take_time_off(
            coach=coach,
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            reason=given["reason"],
            recurrence=given["recurrence"],
            instead_of=current,
        )
        _say_time_off_is_saved(request, coach, saved, at)
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form, "current": current}
    if "preview" in request.POST and form.is_valid():
        context["preview"] = _preview(coach, form.cleaned_data, at)
    return render(request, "bookings/time_off.html", context)


def _own_time_off(coach, starts_at):
    found = coach.time_off.filter(starts_at=starts_at).order_by("pk").first()
    if found is None:
        raise Http404
    return found


def _say_time_off_is_saved(request, coach, period, at):
    messages.success(request, "Your time off is saved.")
    booked = CoachingSession.objects.filter(coach=coach).upcoming(at)
    count = len(presenter.sessions_in(period, booked, coach))
    if count:
        sessions = formatting.count(count, "session is", "sessions are")
        messages.warning(
            request,
            f"{sessions} still booked in that time. Move or cancel those that cannot take place.",
        )


def _preview(coach, given, at):
    """The next two weeks with this time off, and with that which is saved."""
    periods = recurring_time_off.periods(
        given["starts_at"],
        given["ends_at"],
        given["recurrence"],
        zone=ZoneInfo(coach.time_zone),
        window=(at, at + presenter.PREVIEW),
    )
    away = [free_times.Period(*each) for each in periods]
    rules = pricing.booking_rules_for(coach)
    return presenter.preview(coach, at=at, rules=rules, supposed=Supposed(away=away))


@require_POST
@coach_required
@idempotent
def end_time_off(request, coach, starts_at):
    actions.end_time_off(time_off=_own_time_off(coach, starts_at))
    messages.success(request, "That time off is removed.")
    return redirect("bookings:hours")
