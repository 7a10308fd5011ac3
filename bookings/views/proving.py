"""Proving an email to book: by the code on the next page, or by the link in the email."""

from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings.actions import agreement_texts, pending_bookings
from bookings.actions.pending_bookings import CodeUsed
from bookings.forms.proving import CodeForm
from bookings.models import CoachingSession, PendingBooking
from bookings.views import query_params
from bookings.views.details import MANY_CODES, book_proved
from coaching_portal.common import rate_limits
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import contact
from profiles.accounts import proved_emails, second_factor

SIGNED_IN_AS_ANOTHER = "You are signed in with another email address. Sign out, then try again."


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def prove(request, uuid):
    """The code, in the browser in which the time was chosen; in another it is not found."""
    pending = _of_this_browser(request, uuid)
    if pending is None:
        return _used(request)
    if _is_another(request, pending):
        messages.error(request, SIGNED_IN_AS_ANOTHER)
        return redirect("bookings:sessions")
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if not rate_limits.count(request, "guess_booking_code"):
            return respond_429(request)
        return _try_code(request, pending, form, timezone.now())
    return _page(request, pending, form)


def _is_another(request, pending):
    """Whether somebody is signed in whose email it is not."""
    return request.user.is_authenticated and request.user.email != pending.email


def _of_this_browser(request, uuid):
    key = request.session.get("visitor_key", "")
    return PendingBooking.objects.of_visitor(key).filter(uuid=uuid).select_related("coach").first()


def _used(request):
    # A page, no message: of a double click the first renewed the session, which cannot be written.
    status = 409 if request.method == "POST" else 410
    return render(request, "bookings/proved_already.html", status=status)


def _try_code(request, pending, form, at):
    code = form.cleaned_data["code"]
    refusal = pending_bookings.use_code(pending=pending, code=code, at=at)
    if isinstance(refusal, CodeUsed):
        return _used(request)
    if refusal:
        form.add_error("code", str(refusal))
        return _page(request, pending, form)
    return _sign_in_and_book(request, pending, at)


def _sign_in_and_book(request, pending, at):
    """The email is proved. Who sees others' confidential content signs in as ever, then books."""
    user = proved_emails.get_or_create_account(email=pending.email, name=pending.name)
    if user is None:
        closed = f"This account is closed. If you want to book, ask us: {contact.ways()}."
        messages.error(request, closed)
        return redirect("account_login")
    there = _selection(request, pending).details_step
    request.session["visitor_key"] = pending.visitor_key
    if second_factor.is_required_of(user):
        return redirect_to_login(there)
    if request.user != user:
        response = proved_emails.sign_in(request, user, redirect_url=there)
        if not request.user.is_authenticated:
            return response  # the second step comes first
    return book_proved(request, pending, at)


def _selection(request, pending):
    return query_params.parse_selection(request, pending.coach.slug, stored=pending.selection)


def _page(request, pending, form):
    context = {"form": form, **_context(request, pending)}
    return render(request, "bookings/prove.html", context)


def _context(request, pending):
    selection, at = _selection(request, pending), timezone.now()
    held = CoachingSession.objects.holds_of(visitor_key=pending.visitor_key)
    held = held.filter(coach=pending.coach, starts_at=selection.starts_at, held_until__gt=at)
    return {"pending": pending, "selection": selection, "held": held.first()}


@login_not_required
@never_cache
@require_POST
@idempotent
def send_new_code(request, uuid):
    pending = _of_this_browser(request, uuid)
    if pending is None:
        return _used(request)
    if not rate_limits.count(request, "prove_email", key=pending.email):
        messages.error(request, MANY_CODES)
        return redirect("bookings:prove", uuid)
    try:
        pending_bookings.send_new_code(pending=pending, at=timezone.now())
    except Refusal:
        return _used(request)
    messages.success(request, "We have sent a new code. The earlier one no longer works.")
    return redirect("bookings:prove", uuid)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def prove_by_link(request, token):
    """The link in the email, in whatever browser it is opened: a page with a button."""
    at = timezone.now()
    working = PendingBooking.objects.of_link(token).of_a_link_that_works(at)
    pending = working.select_related("coach").first()
    if pending is None:
        return _unlisted(_unknown_link(request))
    is_another = _is_another(request, pending)
    if request.method == "POST" and not is_another:
        try:
            pending_bookings.use_link(pending=pending, token=token, at=at)
        except Refusal:
            return _used(request)
        return _sign_in_and_book(request, pending, at)
    problem = SIGNED_IN_AS_ANOTHER if is_another else ""
    context = {
        **_context(request, pending),
        "problem": problem,
        "agreement": agreement_texts.short_form(pending.coach),
    }
    return _unlisted(render(request, "bookings/prove_by_link.html", context))


def _unknown_link(request):
    """A link that has been used is one that there is not; and nobody may try many."""
    if not rate_limits.count(request, "unknown_feed"):
        return respond_429(request)
    return _used(request)


def _unlisted(response):
    response["X-Robots-Tag"] = "noindex"
    return response
