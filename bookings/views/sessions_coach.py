"""What a coach says of one of her sessions once it is over."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import CoachingSession


@require_POST
def confirm(request, uuid):
    return _say(request, uuid, actions.confirm, "Session confirmed.")


@require_POST
def no_show(request, uuid):
    return _say(request, uuid, actions.no_show, "Marked as not attended.")


@require_POST
def waive(request, uuid):
    reason = request.POST.get("reason", "").replace("\0", "")[:200]
    return _say(request, uuid, actions.waive, "The charge is waived.", reason=reason)


def _say(request, uuid, action, done, **words):
    own = CoachingSession.objects.agreed().filter(coach__user=request.user).for_pages()
    session = get_object_or_404(own, uuid=uuid)
    try:
        action(session=session, by=request.user, at=timezone.now(), **words)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(session)
