"""Accepting the agreement of a session that the coach has booked: by a link, or signed in."""

from allauth.account.adapter import get_adapter
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bookings import cancellation
from bookings.actions import acceptance, agreement_texts
from bookings.actions.locking import TimeTaken
from bookings.forms.booking_for_clients import AcceptForm
from bookings.models import AcceptanceLink, CoachingSession
from coaching_portal.common import rate_limits
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal

ACCEPTED = "You have accepted the agreement. The session is booked."
SIGNED_IN_AS_ANOTHER = "You are signed in with another email address. Sign out, then try again."


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def accept_by_link(request, token):
    """The link in the email: a page with a button. Opening it changes nothing."""
    at = timezone.now()
    link = AcceptanceLink.objects.of_link(token).that_work(at).first()
    found = CoachingSession.objects.filter(pk=link.session_id) if link else None
    session = found.for_pages().first() if found is not None else None
    if session is None or not session.can_be_accepted(at):
        return _unlisted(_unknown_link(request))
    form = _form(request, session, at)
    problem = SIGNED_IN_AS_ANOTHER if _is_another(request, session) else ""
    if request.method == "POST" and not problem and form.is_valid():
        accepted = _accept(request, form, acceptance.accept_by_link, token=token, at=at)
        if accepted:
            return _to_session(request, accepted)
    return _unlisted(_page(request, session, form, problem=problem))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def accept(request, uuid):
    """The same for who is signed in with the address that the coach has entered."""
    at = timezone.now()
    asked = CoachingSession.objects.to_accept(request.user, at).filter(uuid=uuid).for_pages()
    session = get_object_or_404(asked)
    form = _form(request, session, at)
    if request.method == "POST" and form.is_valid():
        what = {"session": session, "by": request.user, "at": at}
        if _accept(request, form, acceptance.accept, **what):
            messages.success(request, ACCEPTED)
            return redirect(session)
    return _page(request, session, form)


def _is_another(request, session):
    """Whether somebody is signed in whose email it is not."""
    return request.user.is_authenticated and request.user.email != session.client.mail_address


def _form(request, session, at):
    text = agreement_texts.short_form(session.coach)
    return AcceptForm(posted(request), session=session, text=text, at=at)


def _accept(request, form, action, **what):
    """The session, or None where the form says why not."""
    accepted_from = get_adapter().get_client_ip(request)
    try:
        return action(acceptance=form.acceptance(accepted_from=accepted_from), **what)
    except TimeTaken:
        form.add_error(
            None, "You have another session at that time. Ask your coach for another time."
        )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    return None


def _to_session(request, session):
    """The link lets nobody in: who is not signed in does that next."""
    messages.success(request, ACCEPTED)
    if request.user.is_authenticated:
        return redirect(session)
    return redirect_to_login(session.get_absolute_url())


def _page(request, session, form, *, problem=""):
    zone = session.client.time_zone
    context = {
        "session": session,
        "form": form,
        "zone": zone,
        "problem": problem,
        "rule": cancellation.rule_for_notice(session.cancellation_notice_hours),
    }
    status = 409 if form.non_field_errors() else 200
    return render(request, "bookings/accept.html", context, status=status)


def _unknown_link(request):
    """A link that has been used is one that there is not; and nobody may try many."""
    if not rate_limits.count(request, "unknown_feed"):
        return respond_429(request)
    status = 409 if request.method == "POST" else 410
    return render(request, "bookings/accepted_already.html", status=status)


def _unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response
