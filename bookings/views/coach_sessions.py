"""How long one of a coach's sessions is, and what she says of it once it is over."""

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import actions
from bookings.forms.lengths import LengthForm
from bookings.models import CoachingSession
from coaching_portal.common import formatting
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@idempotent
def change_length(request, uuid):
    """The same start and another end; what the calendar does by dragging the end of a session."""
    session, at = _own(request, uuid), timezone.now()
    form = LengthForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        what = {"session": session, "by": request.user, "at": at, **form.cleaned_data}
        if perform(request, actions.change_length, _length_changed, form=form, **what):
            return redirect(session)
    context = {
        "session": session,
        "zone": session.coach.time_zone,
        "form": form,
        "length_can_change": session.length_can_change(by=request.user, at=at),
    }
    return render(request, "bookings/change_length.html", context)


def _length_changed(session):
    told = " We have emailed the client." if session.client else ""
    return f"The session is now {formatting.length(session.minutes)} long.{told}"


@require_POST
def confirm(request, uuid):
    return _say(request, uuid, actions.confirm, "Session confirmed.")


@require_POST
def no_show(request, uuid):
    return _say(request, uuid, actions.no_show, "Marked as not attended.")


@require_POST
def waive(request, uuid):
    reason = request.POST.get("reason", "").replace("\0", "")[:200]
    return _say(request, uuid, actions.waive, _waived, reason=reason)


@require_POST
@idempotent
def undo(request, uuid):
    """Within ten seconds, before the email about it leaves."""
    return _say(request, uuid, actions.undo, "Undone. Everything is as it was before.")


def _waived(session):
    if not session.is_on_issued_invoice:
        return "The charge is waived. We email the client in 10 seconds."
    number = session.invoice_line.invoice.number
    return f"The charge is waived. The office will credit it on invoice {number}."


def _say(request, uuid, action, done, **words):
    """`done` is what to say, or gives it of the session as it is now."""
    session = _own(request, uuid)
    perform(request, action, done, session=session, by=request.user, at=timezone.now(), **words)
    return redirect(session)


def _own(request, uuid):
    own = CoachingSession.objects.without_holds().filter(coach__user=request.user).for_pages()
    return get_object_or_404(own, uuid=uuid)
