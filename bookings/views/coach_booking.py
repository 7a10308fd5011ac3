"""A coach books for one of her clients, or for somebody new."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from bookings import actions, pricing
from bookings.actions import acceptance_links, booking_for_clients
from bookings.forms.booking_for_clients import BookForClientForm
from bookings.models import CoachingSession
from bookings.views import query_params
from bookings.views.decorators import coach_required
from coaching_portal.common import rate_limits
from coaching_portal.common.dates import local_date
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform
from profiles.models import Client
from profiles.models.users import sort_key

CLIENTS_ON_A_PAGE = 25
SOMEBODY_NEW = "new"
MANY_EMAILS = (
    "Many emails have been sent to this address or from your network. "
    "Book without an email, or wait an hour."
)
OUTSIDE = "To book outside your hours, tick the box at the end."


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@coach_required
@idempotent
def book_for_client(request, coach):
    """First whom it is for, where the address does not say so; then the rest."""
    key = request.GET.get("client", "")
    if key == "":
        return _choose_client(request, coach)
    relation = None
    if key != SOMEBODY_NEW:
        own = Client.objects.filter(coach=coach).select_related("user")
        relation = get_object_or_404(own, uuid=query_params.uuid_of(key))
    at = timezone.now()
    form = BookForClientForm(
        posted(request),
        coach=coach,
        rules=pricing.booking_rules_for(coach),
        client=relation.user if relation else None,
        at=at,
        **_asked(request, coach),
    )
    if request.method == "POST" and form.is_valid():
        return _book(request, coach, relation, form, at)
    return _page(request, coach, relation, form)


def _choose_client(request, coach):
    name = request.GET.get("name", "").strip()[:150]
    clients = Client.objects.filter(coach=coach).select_related("user")
    if name:
        clients = clients.filter(user__sort_name__contains=sort_key(name))
    page = Paginator(clients.order_by("user__sort_name", "pk"), CLIENTS_ON_A_PAGE)
    kept = request.GET.copy()
    for each in ("name", "page", "client"):
        kept.pop(each, None)
    context = {
        "coach": coach,
        "name": name,
        "page": page.get_page(request.GET.get("page")),
        "kept": [(each, kept[each]) for each in ("starts_at", "minutes") if each in kept],
        "query": kept.urlencode(),
    }
    return render(request, "bookings/book_for_client.html", context)


def _asked(request, coach):
    """The time and the length that the address names, as the form shows them.

    `starts_at` is an instant, or without an offset a time by the coach's clock.
    """
    asked = {}
    text = request.GET.get("starts_at", "")
    starts_at = query_params.moment(text) or query_params.local_moment(text, coach.time_zone)
    if starts_at:
        local = starts_at.astimezone(ZoneInfo(coach.time_zone))
        asked = {"date": local_date(starts_at, coach.time_zone), "time": local.time()}
    minutes = request.GET.get("minutes", "")
    if minutes.isdecimal() and len(minutes) < 5:
        asked["minutes"] = int(minutes)
    return asked


def _page(request, coach, relation, form, *, status=200):
    context = {"coach": coach, "client": relation, "form": form}
    return render(request, "bookings/book_for_client_details.html", context, status=status)


def _book(request, coach, relation, form, at):
    """What is said is the same whether the address is that of an account or not."""
    counted = rate_limits.UNCOUNTED
    address = form.cleaned_data.get("email", "").lower()
    if address and form.tells_client:
        counted = rate_limits.count(request, "prove_email", key=address)
    if not counted:
        form.add_error(None, MANY_EMAILS)
        return _page(request, coach, relation, form, status=429)
    try:
        session = booking_for_clients.book_for_client(
            booking_request=form.booking_request(),
            client=form.person(),
            by=request.user,
            details=form.details(),
            tells_client=form.tells_client,
            at=at,
        )
    except Refusal as refusal:
        counted.rollback()  # it sent no email
        form.add_error(None, str(refusal))
        if isinstance(refusal, actions.NotOffered) and not form.cleaned_data["outside_hours"]:
            form.add_error(None, OUTSIDE)
        status = 409 if isinstance(refusal, actions.TimeTaken | actions.NotOffered) else 200
        return _page(request, coach, relation, form, status=status)
    messages.success(request, _said(session, form.tells_client))
    return redirect(session)


def _said(session, tells_client):
    client = session.client
    if not client.mail_address:
        return f"Session booked. We have no email address of {client}: tell them yourself."
    if not tells_client:
        return f"Session booked. We have not emailed {client}: tell them yourself."
    if session.awaits_acceptance and client.is_contact:
        return f"Session booked. We have emailed {client} and asked them to accept the agreement."
    return f"Session booked. We have emailed {client}."


@require_POST
@coach_required
@idempotent
def ask_again(request, coach, uuid):
    """Email the link to accept the agreement once more."""
    own = CoachingSession.objects.without_holds().filter(coach=coach).for_pages()
    session = get_object_or_404(own, uuid=uuid)
    address = session.client.mail_address if session.client else ""
    if address and not rate_limits.count(request, "prove_email", key=address):
        messages.error(request, MANY_EMAILS)
        return redirect(session)
    said = "We have emailed the link again. The earlier one no longer works."
    perform(request, acceptance_links.send_link_again, said, session=session, at=timezone.now())
    return redirect(session)
