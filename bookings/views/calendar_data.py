"""What the script of the coach's calendar reads and sends: events, and when a session is."""

from datetime import date
from zoneinfo import ZoneInfo

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bookings import actions
from bookings.models import CoachingSession
from bookings.presenters.calendar_entries import MOST_DAYS, CalendarEvents
from bookings.views.decorators import coach_required
from bookings.views.query_params import date_of, local_moment
from coaching_portal.common import formatting
from coaching_portal.common.refusals import Refusal


@require_safe
@never_cache
@coach_required
def events(request, coach):
    """GET ?from=2026-11-30&to=2026-12-06: both dates included, in the coach's zone."""
    first, last = date_of(request.GET.get("from", "")), date_of(request.GET.get("to", ""))
    if first is None or last is None or not _is_short(first, last):
        problem = f"Give from and to: dates such as 2026-12-01, at most {MOST_DAYS} days."
        return JsonResponse({"error": problem}, status=400)
    found = CalendarEvents(coach, first, last, timezone.now()).as_json()
    return JsonResponse({"events": found})


def _is_short(first: date, last: date) -> bool:
    return 0 <= (last - first).days < MOST_DAYS


@require_POST
@never_cache
@coach_required
def change_time(request, coach, uuid):
    """Move a session of this coach to where she dropped it, or let it last so many `minutes`.

    By her clock, checked like any change. Sent twice it acts once. A refusal says why, and whether
    it is only outside her hours. `undo=yes` puts back what was, within ten seconds.
    """
    own = CoachingSession.objects.without_holds().filter(coach=coach).for_pages()
    session = get_object_or_404(own, uuid=uuid)
    at = timezone.now()
    if request.POST.get("undo") == "yes":
        return _undo(request, session, coach, at)
    if request.POST.get("minutes"):
        return _change_length(request, session, coach, at)
    starts_at = local_moment(request.POST.get("starts_at", ""), coach.time_zone)
    if starts_at is None:
        return _refused("The clocks go forward then: there is no such time. Choose another.")
    outside_hours = request.POST.get("outside_hours") == "yes"
    try:
        session = actions.move(
            session=session,
            starts_at=starts_at,
            by=request.user,
            at=at,
            outside_hours=outside_hours,
        )
    except actions.SameTime:  # it is there already: dropped twice, or from another window
        session.refresh_from_db(fields=["starts_at", "ends_at"])
    except actions.NotOffered as refusal:
        return _refused(str(refusal), may_insist=starts_at > at and not outside_hours)
    except Refusal as refusal:
        return _refused(str(refusal))
    return _as_it_is(session, coach)


def _change_length(request, session, coach, at):
    text = request.POST["minutes"]
    minutes = int(text) if text.isdecimal() and len(text) < 5 else 0
    outside_hours = request.POST.get("outside_hours") == "yes"
    if minutes == session.minutes and session.is_booked:
        return _as_it_is(session, coach)
    try:
        session = actions.change_length(
            session=session, minutes=minutes, by=request.user, at=at, outside_hours=outside_hours
        )
    except Refusal as refusal:
        return _refused(str(refusal))
    return _as_it_is(session, coach)


def _undo(request, session, coach, at):
    try:
        session = actions.undo(session=session, by=request.user, at=at)
    except Refusal as refusal:
        return _refused(str(refusal))
    return _as_it_is(session, coach)


def _as_it_is(session, coach):
    wall = session.starts_at.astimezone(ZoneInfo(coach.time_zone)).replace(tzinfo=None)
    when = formatting.when_range(session.starts_at, session.ends_at, coach.time_zone)
    return JsonResponse({"starts_at": wall.isoformat(timespec="seconds"), "when": when})


def _refused(problem, *, may_insist=False):
    return JsonResponse({"problem": problem, "may_insist": may_insist}, status=409)
