"""Where a coach says when she can be booked: hours, dates and rules."""

from contextlib import contextmanager

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import actions, pricing
from bookings.availability.outside_hours import sessions_outside_hours
from bookings.availability.slot_queries import Supposed
from bookings.forms.copying import CopyDayForm, CopyWeekForm
from bookings.forms.hours import DateHoursForm, WeeklyHoursForm
from bookings.forms.rules import BookingRulesForm
from bookings.presenters import hours as presenter
from bookings.views import query_params
from bookings.views.decorators import coach_required
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date
from coaching_portal.common.views import perform

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@never_cache
@coach_required
def hours(request, coach):
    at = timezone.now()
    today = local_date(at, coach.time_zone)
    rules = pricing.booking_rules_for(coach)
    overrides = list(coach.date_overrides.filter(date__gte=today).order_by("date", "starts"))
    context = {
        "coach": coach,
        "rules": rules,
        "locations": [location.label for location in pricing.offered_locations(rules)],
        "notice_hours": f"{rules.minimum_notice_minutes / 60:g}",
        "week": presenter.week_of(coach),
        "dates": presenter.dates_of(overrides),
        "bank_holidays": presenter.bank_holidays_ahead(rules, overrides, today),
        "time_off": presenter.time_off_ahead(coach, at),
        "outside": sessions_outside_hours(coach, at, rules),
    }
    return render(request, "bookings/hours.html", context)


@contextmanager
def telling_what_is_outside(request, coach):
    """After a change, say how many booked sessions it has put outside the hours; none is moved."""
    at = timezone.now()
    before = {each.pk for each in sessions_outside_hours(coach, at)}
    yield
    count = sum(each.pk not in before for each in sessions_outside_hours(coach, at))
    if count:
        sessions = formatting.count(count, "booked session is", "booked sessions are")
        messages.warning(
            request,
            f"{sessions} now outside your hours, and listed below. "
            "Move or cancel those that cannot take place.",
        )


@form_page
@never_cache
@coach_required
def weekly(request, coach):
    rules = pricing.booking_rules_for(coach)
    locations = pricing.offered_locations(rules)
    copy_form = CopyDayForm(request.POST if "copy" in request.POST else None)
    typed = request.POST or None
    if copy_form.is_valid():
        typed = copy_form.copied(request.POST)
    form = WeeklyHoursForm(typed, coach=coach, locations=locations)
    if _is_to_save(request) and form.is_valid():
        with telling_what_is_outside(request, coach):
            actions.set_weekly_hours(coach=coach, shifts=form.shifts)
        messages.success(request, "Your weekly hours are saved.")
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form, "copy_form": copy_form}
    if _is_to_preview(request) and form.is_valid():
        shifts = {day: presenter.supposed_shifts(each) for day, each in form.shifts.items()}
        context["preview"] = _preview(coach, rules, Supposed(weekly=shifts))
    return render(request, "bookings/hours_weekly.html", context)


def _is_to_save(request):
    return not ({"preview", "copy"} & set(request.POST))


def _is_to_preview(request):
    return "preview" in request.POST


def _preview(coach, rules, supposed):
    return presenter.preview(coach, at=timezone.now(), rules=rules, supposed=supposed)


@form_page
@never_cache
@coach_required
def date_hours(request, coach, date=None):
    """Set other hours for a date; with a date in the address, change what is set for it."""
    rows = coach.date_overrides.filter(date=date).order_by("starts") if date else []
    if date and not rows:
        raise Http404
    rules = pricing.booking_rules_for(coach)
    form = DateHoursForm(
        request.POST or None,
        today=local_date(timezone.now(), coach.time_zone),
        given=[(row.starts, row.ends, row.locations) for row in rows if row.starts is not None],
        locations=pricing.offered_locations(rules),
        initial={
            "date": date or query_params.date_of(request.GET.get("date", "")),
            "kind": _kind(rows),
        },
    )
    if _is_to_save(request) and form.is_valid():
        with telling_what_is_outside(request, coach):
            _save_date(coach, form, instead_of=date)
        messages.success(request, "Your hours on that date are saved.")
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form, "date": date}
    if _is_to_preview(request) and form.is_valid():
        dates = {form.cleaned_data["date"]: presenter.supposed_shifts(form.shifts)}
        context["preview"] = _preview(coach, rules, Supposed(dates=dates))
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
    with telling_what_is_outside(request, coach):
        actions.clear_date(coach=coach, date=date)
    messages.success(request, "Your weekly hours apply on that date again.")
    return redirect("bookings:hours")


@require_POST
@coach_required
def open_bank_holiday(request, coach, date):
    done = f"{formatting.long_date(date)} is open, with your hours of that weekday."
    perform(request, actions.open_bank_holiday, done, coach=coach, date=date)
    return redirect("bookings:hours")


@form_page
@never_cache
@coach_required
def copy_week(request, coach):
    """Dates with other hours in one week, set in another week too."""
    today = local_date(timezone.now(), coach.time_zone)
    form = CopyWeekForm(request.POST or None, today=today)
    if form.is_valid():
        given = form.cleaned_data
        with telling_what_is_outside(request, coach):
            perform(
                request,
                actions.copy_week,
                "That week is copied.",
                form=form,
                coach=coach,
                monday=given["copy_from"],
                to_monday=given["copy_to"],
            )
        if not form.errors:
            return redirect("bookings:hours")
    return render(request, "bookings/hours_copy.html", {"coach": coach, "form": form})


@form_page
@never_cache
@coach_required
def rules(request, coach):
    form = BookingRulesForm(request.POST or None, instance=pricing.booking_rules_for(coach))
    if _is_to_save(request) and form.is_valid():
        with telling_what_is_outside(request, coach):
            actions.set_rules(rules=form.save(commit=False))
        messages.success(request, "Your booking rules are saved.")
        return redirect("bookings:hours")
    context = {"coach": coach, "form": form}
    if _is_to_preview(request) and form.is_valid():
        context["preview"] = _preview(coach, form.save(commit=False), Supposed())
    return render(request, "bookings/rules.html", context)
