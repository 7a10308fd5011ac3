"""Moving and cancelling: a page says what it would mean, a POST does it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import actions, cancellation
from bookings.actions import move_requests
from bookings.availability.slot_queries import Requester
from bookings.forms.move_requests import ReasonForm, problem_of
from bookings.presenters import picker
from bookings.views import query_params
from bookings.views.book import zones
from bookings.views.sessions import SessionPresenter, find
from coaching_portal.common import rate_limits
from coaching_portal.common.dates import local_date
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform
from coaching_portal.notifications import contact

NOTICE_HAS_BEGUN = (
    "The cancellation notice has begun, so your coach decides about a new time. You can ask now."
)
MANY_MOVES = "Sessions have been moved many times in a short while, and each sends emails."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def cancel(request, uuid):
    session = find(request, uuid)
    zone = query_params.zone_of(request, session.coach)
    view = SessionPresenter(request.user, session, timezone.now(), zone)
    # The notice may have begun between the page that said "free" and its button.
    was_told_free = request.POST.get("told") == "free" and view.is_late_if_cancelled
    if request.method == "POST" and not was_told_free:
        return _cancel(request, session)
    return render(request, "bookings/cancel.html", {"session": session, "view": view, "zone": zone})


def _cancel(request, session):
    def done(cancelled):
        return f"Cancelled. {cancellation.afterwards(cancelled, reader=request.user)}"

    perform(request, actions.cancel, done, session=session, by=request.user, at=timezone.now())
    return redirect(session)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def move(request, uuid):
    session = find(request, uuid)
    view = SessionPresenter(request.user, session, timezone.now())
    zone = query_params.zone_of(request, session.coach)
    if not (view.can_be_moved or view.can_ask_to_move):
        context = {"session": session, "view": view, "zone": zone}
        return render(request, "bookings/move_refused.html", context)
    if view.can_ask_to_move and view.move_request and view.move_request.is_open:
        return redirect(f"{session.get_absolute_url()}#move-request")
    if request.method == "POST":
        return _move(request, view, zone)
    return _times(request, view, zone)


def _move(request, view, zone):
    """Move it, or ask the coach to: the notice may have begun since the page was shown."""
    starts_at, form = query_params.start_in(request.POST, zone), ReasonForm(request.POST)
    if starts_at is None:
        return _times(request, view, zone, problem="Choose a time.")
    if not form.is_valid():
        return _times(request, view, zone, problem=problem_of(form))
    if view.can_ask_to_move and request.POST.get("asking") != "yes":
        return _times(request, view, zone, problem=NOTICE_HAS_BEGUN, status=409)
    counted = rate_limits.UNCOUNTED
    if not view.is_own_coaching:
        counted = rate_limits.count(request, "move", key=str(view.session.client_id))
    if not counted:
        problem = f"{MANY_MOVES} Wait an hour, or ask {view.session.coach}: {contact.ways()}."
        return _times(request, view, zone, problem=problem, status=429)
    what = {"session": view.session, "starts_at": starts_at, "by": request.user, "at": view.at}
    try:
        if view.can_ask_to_move:
            move_requests.request_move(reason=form.cleaned_data["reason"], **what)
        else:
            outside_hours = request.POST.get("outside_hours") == "yes"
            actions.move(outside_hours=outside_hours, **what)
    except Refusal as refusal:
        counted.rollback()  # it sent no mail
        return _times(request, view, zone, problem=str(refusal), gone=starts_at, status=409)
    asked = f"We have asked {view.session.coach}, and will email you the answer."
    messages.success(request, asked if view.can_ask_to_move else "Session moved.")
    return redirect(view.session)


def _times(request, view, zone, *, problem="", gone=None, status=200):
    session = view.session
    question = {
        "minutes": session.minutes,
        "zone": zone,
        "at": view.at,
        "location": session.location,
        "requester": Requester(client=session.client, moving=session),
    }
    shown = picker.picker_for(
        session.coach,
        day=query_params.date_of(request.GET.get("date", "")),
        near=local_date(session.starts_at, zone),
        address=lambda day: f"?{urlencode({'date': day, 'zone': zone})}",
        **question,
    )
    context = {
        "session": session,
        "view": view,
        "zone": zone,
        "zones": zones(zone),
        "problem": problem,
        "picker": shown,
        "this_day": f"?{urlencode({'date': shown.day, 'zone': zone})}",
        "kept": [("date", shown.day)],
        "reason": request.POST.get("reason", ""),
    }
    if gone:
        context["nearest"] = picker.nearest(session.coach, starts_at=gone, **question)
    return render(request, "bookings/move.html", context, status=status)
