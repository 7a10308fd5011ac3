"""Answers to a request to move a session, a button each: the coach's two, and the client's."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bookings.actions import move_requests
from bookings.forms.move_requests import AnswerForm, problem_of
from bookings.models import MoveRequest
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform

NOT_MOVED = "The session was not moved"


@require_POST
@idempotent
def accept(request, uuid):
    """Move it; where that time has gone, say why: the coach can choose another on the page."""
    found = _to_answer(request, uuid)
    what = {"move_request": found, "by": request.user, "at": timezone.now()}
    said = "Session moved. We have emailed the client."
    perform(request, move_requests.accept, said, about=NOT_MOVED, **what)
    return redirect(found.session)


@require_POST
@idempotent
def decline(request, uuid):
    found, form = _to_answer(request, uuid), AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, problem_of(form))
        return redirect(found.session)
    what = {"move_request": found, "answer": form.cleaned_data["answer"], "at": timezone.now()}
    said = "Declined. The session stays as it was, and we have emailed the client."
    perform(request, move_requests.decline, said, **what)
    return redirect(found.session)


def _to_answer(request, uuid):
    return get_object_or_404(MoveRequest.objects.of_coach(request.user).for_pages(), uuid=uuid)


@require_POST
@idempotent
def withdraw(request, uuid):
    """By the client, or the assistant who keeps the client's calendar."""
    asked = MoveRequest.objects.visible_to(request.user).exclude(session__coach__user=request.user)
    found = get_object_or_404(asked.for_pages(), uuid=uuid)
    said = "Request withdrawn. The session stays as it was."
    perform(request, move_requests.withdraw, said, move_request=found, at=timezone.now())
    return redirect(found.session)
