"""The last step of booking: who comes with which needs, who pays, the agreement, the button."""

from dataclasses import replace
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import actions, cancellation
from bookings.actions import pending_bookings
from bookings.availability import slot_queries
from bookings.calendars.links import calendar_links
from bookings.forms.booking import DetailsForm, VisitorForm
from bookings.models import CoachingSession
from bookings.presenters import picker
from bookings.views import query_params
from bookings.views.book import length_and_place
from bookings.views.booking_selection import SINGLE
from bookings.views.sessions import SessionPresenter
from coaching_portal.common import rate_limits
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import contact

MANY_BOOKINGS = "There have been many bookings in a short time, and each sends emails."
MANY_CODES = (
    "Many codes have been sent to this address or asked for from your network. "
    "Use the newest one, or wait an hour."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def details(request, slug):
    if query_params.needs_sign_in(request):
        return redirect_to_login(request.get_full_path())
    selection, at = query_params.parse_selection(request, slug), timezone.now()
    if selection.needs_first_step and (_is_sent(request) or selection.starts_at):
        return length_and_place(request, selection, _held(selection, at))
    if selection.needs_first_step or selection.starts_at is None:
        return redirect(selection.this_step)
    if not request.user.is_authenticated:
        return _of_visitor(request, selection, at)
    if not _is_sent(request) and selection.refusal:
        return length_and_place(request, selection, _held(selection, at))
    form = DetailsForm(request.POST if _is_sent(request) else None, selection=selection, at=at)
    if _is_sent(request) and form.is_valid():
        return _book(request, selection, form, at)
    return _details(request, selection, form, at)


def _is_sent(request):
    return request.method == "POST"


def _of_visitor(request, selection, at):
    """A visitor gives name and email, and proves the email on the next page; or signs in."""
    if request.POST.get("account") == "login":
        actions.extend_hold(visitor_key=selection.visitor_key, at=at)
        query = urlencode({"next": selection.details_step})
        return redirect(f"{reverse('account_login')}?{query}")
    form = VisitorForm(request.POST if _is_sent(request) else None, selection=selection, at=at)
    if _is_sent(request) and form.is_valid():
        return _send_code(request, query_params.with_visitor_key(request, selection), form, at)
    return _details(request, selection, form, at)


def _send_code(request, selection, form, at):
    """Hold the time, keep what was typed, owe the code: the same for an address known or not."""
    email = form.cleaned_data["email"].lower()
    counted = rate_limits.count(request, "prove_email", key=email)
    if not counted:
        form.add_error(None, MANY_CODES)
        return _details(request, selection, form, at, status=429)
    try:
        _hold_for_visitor(selection, at)
    except Refusal as refusal:
        counted.rollback()
        return _details(request, selection, form, at, problem=str(refusal), status=409)
    pending = pending_bookings.save_pending(
        coach=selection.coach,
        visitor_key=selection.visitor_key,
        email=email,
        selection={name: str(value) for name, value in selection.asked.items()},
        answers=form.answers(),
        at=at,
    )
    return redirect("bookings:prove", pending.uuid)


def _hold_for_visitor(selection, at):
    """The visitor has begun: the time is held for thirty minutes in all."""
    if not _held(selection, at):
        actions.hold(
            booking_request=selection.booking_request, visitor_key=selection.visitor_key, at=at
        )
    actions.extend_hold(visitor_key=selection.visitor_key, at=at)


def book_proved(request, pending, at):
    """Book what is pending for the user who has just proved the email and is signed in."""
    selection = query_params.parse_selection(
        request, pending.coach.slug, stored={"programme": SINGLE, **pending.selection}
    )
    # The hold is of the browser in which it was chosen; the link may have been opened elsewhere.
    selection = replace(selection, visitor_key=pending.visitor_key)
    if selection.needs_first_step or selection.refusal:
        return length_and_place(request, selection, _held(selection, at))
    answers = {"needs": request.user.needs, **pending.answers}
    form = DetailsForm(answers, selection=selection, at=at)
    if form.is_valid():
        return _book(request, selection, form, at)
    return _details(request, selection, form, at)


def _book(request, selection, form, at):
    counted = rate_limits.UNCOUNTED
    if not selection.is_by_coach:
        action = "book" if selection.price else "book_free"
        counted = rate_limits.count(request, action, key=str(selection.client.pk))
    if not counted:
        ask = f"Wait an hour, or ask {selection.coach}: {contact.ways()}."
        form.add_error(None, f"{MANY_BOOKINGS} {ask}")
        return _details(request, selection, form, at, status=429)
    try:
        session = actions.book(
            booking_request=selection.booking_request,
            client=selection.client,
            by=request.user,
            visitor_key=selection.visitor_key,
            details=form.details(accepted_from=get_adapter().get_client_ip(request)),
            at=at,
        )
    except Refusal as refusal:
        counted.rollback()  # it sent no mail
        if isinstance(refusal, actions.TimeTaken | actions.NotOffered):
            return _details(request, selection, form, at, problem=str(refusal), status=409)
        form.add_error(None, str(refusal))
        return _details(request, selection, form, at)
    return redirect("bookings:booked", selection.coach.slug, session.uuid)


def _details(request, selection, form, at, *, problem="", status=200):
    """The form; when the time has gone, with the three nearest and all that was typed."""
    held = _held(selection, at)
    gone = _gone(selection, at, problem) if problem else _if_gone(selection, held, at)
    context = {"selection": selection, "form": form, "at": at, "held": held, **gone}
    context["cancelling"] = _cancelling(selection, at)
    page = "details" if request.user.is_authenticated else "your_details"
    return render(request, f"bookings/{page}.html", context, status=status)


def _cancelling(selection, at):
    """What cancelling would cost, by the notice and price that this booking would have."""
    programme = selection.programme
    session = CoachingSession(
        coach=selection.coach,
        client=selection.client,
        programme=programme,
        organisation=programme.organisation if programme else None,
        starts_at=selection.starts_at,
        price=selection.price,
        cancellation_notice_hours=selection.terms.cancellation_notice_hours,
        booked_at=at,
    )
    return cancellation.before_booking(session, reader=selection.user, at=at, zone=selection.zone)


def _held(selection, at):
    """This visitor's hold of the chosen time, while it lasts."""
    held = CoachingSession.objects.holds_of(
        visitor_key=selection.visitor_key, client=selection.client
    )
    held = held.filter(coach=selection.coach, starts_at=selection.starts_at, held_until__gt=at)
    if selection.minutes is not None:  # a longer session might not fit where a shorter one is held
        held = held.filter(ends_at=selection.booking_request.ends_at)
    return held.first()


def _if_gone(selection, held, at):
    """Nothing while the time can be had; otherwise what to say and what to choose instead."""
    if selection.outside_hours or held:
        return {}
    if slot_queries.is_open(
        selection.coach,
        starts_at=selection.starts_at,
        minutes=selection.minutes,
        at=at,
        location=selection.location,
        requester=selection.requester,
        stored=selection.rules,
    ):
        return {}
    return _gone(selection, at, "That time is no longer free.")


def _gone(selection, at, problem):
    nearest = picker.nearest(
        selection.coach,
        starts_at=selection.starts_at,
        minutes=selection.minutes,
        zone=selection.zone,
        at=at,
        location=selection.location,
        requester=selection.requester,
        stored=selection.rules,
    )
    return {"problem": problem, "nearest": nearest}


@require_safe
@never_cache
def booked(request, slug, uuid):
    """What has been booked and what happens next."""
    found = CoachingSession.objects.visible_to(request.user).for_pages()
    session = get_object_or_404(found, coach__slug=slug, uuid=uuid)
    zone = query_params.zone_of(request, session.coach)
    view = SessionPresenter(request.user, session, timezone.now(), zone)
    links = calendar_links(session) if view.content_visible_to_user else []
    programme = session.programme
    context = {"session": session, "view": view, "zone": zone, "calendar_links": links}
    context["can_book_series"] = (
        programme and programme.can_be_booked and programme.sessions_left > 1
    )
    return render(request, "bookings/done.html", context)
