"""A coach's week, and the page on which she confirms a day."""

from itertools import groupby

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import actions
from bookings.forms.outcomes import OutcomesForm
from bookings.models import CoachingSession, MoveRequest
from bookings.presenters.week import CalendarWeek, code_of, monday_of
from bookings.views.decorators import coach_required
from bookings.views.query_params import date_of
from coaching_portal.common import formatting
from coaching_portal.common.dates import DAY, local_date, local_midnight
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform

Status = CoachingSession.Status
VIEWS = ("day", "week", "month", "list")


@require_safe
@never_cache
@coach_required
def calendar(request, coach):
    """The week, drawn here; a script draws days and months too, of the date that is asked for."""
    at = timezone.now()
    today = local_date(at, coach.time_zone)
    date = date_of(request.GET.get("date", ""))
    monday = monday_of(request.GET.get("week") or code_of(date or today))
    if monday is None:
        raise Http404("There is no such week.")
    view = request.GET.get("view", "")
    context = {
        "coach": coach,
        "week": CalendarWeek(coach, monday, at),
        "as_list": view == "list",
        "view": view if view in VIEWS else "",
        "date": date or (today if code_of(today) == code_of(monday) else monday),
        "today": today,
        "this_week": code_of(today),
        "sessions_today": _sessions_on(coach, today).exclude(status=Status.CANCELLED),
        "to_confirm": _to_confirm(coach, at),
        "move_requests": MoveRequest.objects.of_coach(request.user).open(at).for_pages(),
        "at": at,
    }
    return render(request, "bookings/calendar.html", context)


def _sessions_on(coach, day):
    midnight, following = (local_midnight(each, coach.time_zone) for each in (day, day + DAY))
    sessions = CoachingSession.objects.filter(coach=coach).without_holds().select_related("client")
    return sessions.starting_between(midnight, following)


def _to_confirm(coach, at):
    """The dates with sessions to confirm, and how many."""
    waiting = CoachingSession.objects.filter(coach=coach).to_confirm(at)
    starts = waiting.values_list("starts_at", flat=True)
    dates = [local_date(start, coach.time_zone) for start in starts]
    return [(day, len(list(same))) for day, same in groupby(dates)]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@coach_required
@idempotent
def confirm(request, coach, date):
    """What became of the sessions of one date; those that are not over are only listed."""
    at = timezone.now()
    sessions = list(_sessions_on(coach, date))
    open_ones = [session for session in sessions if session.can_record_outcome(at)]
    form = OutcomesForm(request.POST or None, sessions=open_ones, zone=coach.time_zone)
    if request.method == "POST" and form.is_valid():
        save_outcomes(request, form.outcomes, at)
        return redirect("bookings:calendar")
    context = {
        "coach": coach,
        "date": date,
        "form": form,
        "others": [session for session in sessions if session not in open_ones],
        "is_confirmed": not any(session.is_booked for session in open_ones),
    }
    return render(request, "bookings/confirm.html", context)


def save_outcomes(request, outcomes, at):
    settled = 0
    for session, outcome in outcomes:
        what = {"session": session, "outcome": outcome, "by": request.user, "at": at}
        if perform(request, actions.record_outcome, about=session.client or "Team", **what):
            settled += 1
    if settled:
        messages.success(
            request, f"{formatting.count(settled, 'session is', 'sessions are')} confirmed."
        )
