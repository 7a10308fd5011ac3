"""What a coach says of one of her sessions once it is over."""

from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import CoachingSession
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform


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
    own = CoachingSession.objects.without_holds().filter(coach__user=request.user).for_pages()
    session = get_object_or_404(own, uuid=uuid)
    perform(request, action, done, session=session, by=request.user, at=timezone.now(), **words)
    return redirect(session)
