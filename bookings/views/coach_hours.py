"""Where a coach says when she can be booked: hours, dates, time off and rules."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import actions, pricing
from bookings.availability import shifts
from bookings.forms.hours import DateHoursForm, WeeklyHoursForm
from bookings.forms.rules import BookingRulesForm
from bookings.forms.time_off import TimeOffForm
from bookings.models import CoachingSession, WeeklyHours
from bookings.views.decorators import coach_required
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date
from coaching_portal.common.idempotency import idempotent

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@coach_required
def hours(request, coach):
    at = timezone.now()
    rules = pricing.booking_rules_for(coach)
    context = {
        "coach": coach,
        "rules": rules,
        "locations": [location.label for location in pricing.offered_locations(rules)],
        "notice_hours": f"{rules.minimum_notice_minutes / 60:g}",
        "week": _week(coach),
        "dates": _dates(coach, local_date(at, coach.time_zone)),
        "time_off": _time_off(coach, at),
    }
    return render(request, "bookings/hours.html", context)


def _week(coach):
    """Each weekday with its shifts in words."""
    rows = list(coach.weekly_hours.order_by("weekday", "starts"))
    return [
        (label, [shifts.words(row.starts, row.ends) for row in rows if row.weekday == weekday])
        for weekday, label in WeeklyHours.Weekday.choices
    ]


def _dates(coach, today):
    """Dates to come with other hours: the date, and its shifts in words; none where closed."""
    rows = coach.date_overrides.filter(date__gte=today).order_by("date", "starts")
    return [
        (date, [shifts.words(row.starts, row.ends) for row in found if row.starts is not None])
        for date, found in groupby(rows, key=lambda row: row.date)
    ]


def _time_off(coach, at):
    """Time off that is not over, each with the sessions that stay booked in it."""
    periods = list(coach.time_off.filter(ends_at__gt=at).order_by("starts_at", "pk"))
    if not periods:
        return []
    upcoming = CoachingSession.objects.filter(coach=coach).upcoming(at).select_related("client")
    booked = list(upcoming.filter(starts_at__lt=max(period.ends_at for period in periods)))
    return [(period, [each for each in booked if _overlap(each, period)]) for period in periods]


def _overlap(session, period):
    return session.starts_at < period.ends_at and session.ends_at > period.starts_at


@form_page
@never_cache
@coach_required
def weekly(request, coach):
    form = WeeklyHoursForm(request.POST or None, coach=coach)
    if form.is_valid():
        actions.set_weekly_hours(coach=coach, shifts=form.shifts)
        messages.success(request, "Your weekly hours are saved.")
        return redirect("bookings:hours")
    return render(request, "bookings/hours_weekly.html", {"coach": coach, "form": form})


@form_page
@never_cache
@coach_required
def date_hours(request, coach, date=None):
    """Set other hours for a date; with a date in the address, change what is set for it."""
    rows = coach.date_overrides.filter(date=date).order_by("starts") if date else []
    if date and not rows:
        raise Http404
    form = DateHoursForm(
        request.POST or None,
        today=local_date(timezone.now(), coach.time_zone),
        given=[(row.starts, row.ends) for row in rows if row.starts is not None],
        initial={"date": date, "kind": _kind(rows)},
    )
    if form.is_valid():
        _save_date(coach, form, instead_of=date)
        messages.success(request, "Your hours on that date are saved.")
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form, "date": date}
    return render(request, "bookings/hours_date.html", context)


def _kind(rows):
    if not rows:
        return None
    return DateHoursForm.CLOSED if rows[0].starts is None else DateHoursForm.OPEN


def _save_date(coach, form, *, instead_of):
    date = form.cleaned_data["date"]
    actions.set_date(coach=coach, date=date, shifts=form.shifts)
    if instead_of and instead_of != date:
        actions.clear_date(coach=coach, date=instead_of)


@require_POST
@coach_required
def clear_date(request, coach, date):
    actions.clear_date(coach=coach, date=date)
    messages.success(request, "Your weekly hours apply on that date again.")
    return redirect("bookings:hours")


@form_page
@never_cache
@coach_required
@idempotent
def time_off(request, coach, starts_at=None):
    """Take time off; with a moment in the address, change the time off that starts then."""
    at = timezone.now()
    current = _own_time_off(coach, starts_at) if starts_at else None
    form = TimeOffForm(request.POST or None, coach=coach, at=at, time_off=current)
    if form.is_valid():
        saved = actions.take_time_off(
            coach=coach,
            starts_at=form.cleaned_data["starts_at"],
            ends_at=form.cleaned_data["ends_at"],
            reason=form.cleaned_data["reason"],
            instead_of=current,
        )
        _say_time_off_is_saved(request, coach, saved, at)
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form, "current": current}
    return render(request, "bookings/time_off.html", context)


def _own_time_off(coach, starts_at):
    found = coach.time_off.filter(starts_at=starts_at).order_by("pk").first()
    if found is None:
        raise Http404
    return found


def _say_time_off_is_saved(request, coach, period, at):
    messages.success(request, "Your time off is saved.")
    booked = CoachingSession.objects.filter(coach=coach).upcoming(at)
    count = sum(_overlap(session, period) for session in booked)
    if count:
        sessions = formatting.count(count, "session is", "sessions are")
        messages.warning(
            request,
            f"{sessions} still booked in that time. Move or cancel those that cannot take place.",
        )


@require_POST
@coach_required
@idempotent
def end_time_off(request, coach, starts_at):
    actions.end_time_off(time_off=_own_time_off(coach, starts_at))
    messages.success(request, "That time off is removed.")
    return redirect("bookings:hours")


@form_page
@never_cache
@coach_required
def rules(request, coach):
    form = BookingRulesForm(request.POST or None, instance=pricing.booking_rules_for(coach))
    if form.is_valid():
        actions.set_rules(rules=form.save(commit=False))
        messages.success(request, "Your booking rules are saved.")
        return redirect("bookings:hours")
    return render(request, "bookings/rules.html", {"coach": coach, "form": form})
