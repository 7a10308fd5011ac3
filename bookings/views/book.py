"""Choosing a length, a location and a time: open to everyone. The time is held at once."""

from dataclasses import replace

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import actions
from bookings.presenters import picker
from bookings.views import query_params
from coaching_portal.common import formatting, rate_limits
from coaching_portal.common.dates import local_date
from coaching_portal.common.refusals import Refusal

# The zones that the page offers; any other can stand in the address.
USUAL_ZONES = (
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Athens",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
)

MANY_HOLDS = (
    "Many times have been chosen from your network in the last minutes, and we hold them. "
    "Sign in to choose another, or wait 10 minutes."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def book(request, slug):
    if query_params.needs_sign_in(request):
        return redirect_to_login(request.get_full_path())
    selection = query_params.parse_selection(request, slug)
    if request.method != "POST" and _can_begin_with_times(request, selection):
        selection = replace(selection, minutes=selection.single_minutes)
    if selection.needs_first_step or selection.refusal:
        return length_and_place(request, selection)
    if request.method == "POST":
        return _hold(request, query_params.with_visitor_key(request, selection))
    return times(request, selection)


def _can_begin_with_times(request, selection):
    """Whether nothing has to be asked first: length and location can be changed there."""
    # A session that was answered and still leaves no length: one of another client's programme.
    is_unclear = selection.is_incomplete or "session" in request.GET
    if is_unclear or selection.is_changing or selection.lacks_programme:
        return False
    if selection.minutes is not None:
        return False
    if selection.is_by_coach:
        return selection.client is not None
    return bool(selection.client_key) or not selection.calendars


def length_and_place(request, selection, held=None):
    clients = []
    if selection.is_by_coach:
        clients = selection.coach.clients.select_related("user").order_by("user__sort_name")
    context = {"selection": selection, "clients": clients, "held": held}
    context["problem"] = selection.problem or selection.refusal
    status = 400 if request.method == "POST" else 200
    return render(request, "bookings/book.html", context, status=status)


def _hold(request, selection):
    if selection.starts_at is None:
        return times(request, selection, problem="Choose a time.")
    counted = rate_limits.count(
        request, "hold_signed_in" if request.user.is_authenticated else "hold"
    )
    if not counted:
        return times(request, selection, problem=MANY_HOLDS, status=429)
    try:
        actions.hold(
            booking_request=selection.booking_request,
            client=selection.client,
            visitor_key=selection.visitor_key,
            by=request.user if request.user.is_authenticated else None,
            at=timezone.now(),
        )
    except Refusal as refusal:
        counted.rollback()
        return times(request, selection, problem=str(refusal), status=409)
    return redirect(selection.details_step)


def times(request, selection, *, problem="", status=200):
    """A day's free times; after a refusal also the three nearest."""
    at = timezone.now()
    question = {
        "minutes": selection.minutes,
        "zone": selection.zone,
        "at": at,
        "requester": selection.requester,
        "location": selection.location,
        "stored": selection.rules,
    }
    shown = picker.picker_for(
        selection.coach,
        day=_day(selection),
        address=selection.address_of_day,
        **question,
    )
    context = {
        "selection": selection,
        "picker": shown,
        "this_day": selection.address("book", day=shown.day, starts_at=None),
        "kept": selection.kept_with(shown.day),
        "problem": problem,
        "zones": zones(selection.zone),
    }
    if status == 409:
        context["nearest"] = picker.nearest(
            selection.coach, starts_at=selection.starts_at, **question
        )
    return render(request, "bookings/times.html", context, status=status)


def _day(selection):
    if selection.day is None and selection.starts_at:
        return local_date(selection.starts_at, selection.zone)
    return selection.day


def zones(shown):
    """The zones to choose from, the shown one among them, each by its name."""
    names = USUAL_ZONES if shown in USUAL_ZONES else (shown, *USUAL_ZONES)
    return [(name, formatting.zone_name(name)) for name in names]
