"""The waiting list for earlier times: one's wishes, a new one, and the answer to an offer.

An offer's address is signed: the email's link is enough to answer it, and it is worth nothing once
the offer has ended. Opening it changes nothing.
"""

import uuid
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import pricing
from bookings.actions import earlier_times as actions
from bookings.forms.earlier_times import EarlierTimeForm
from bookings.models import CoachingSession, EarlierTimeWish
from bookings.models.earlier_times import SIGNER
from coaching_portal.common import formatting
from coaching_portal.common.dates import local_date
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform
from profiles.models import Coach

SHOWN = 50
FOUR_WEEKS = timedelta(days=28)


@require_safe
@never_cache
def earlier_times(request):
    """The wishes of the user as a client, and, for a coach, those of her clients."""
    at = timezone.now()
    waiting = EarlierTimeWish.objects.visible_to(request.user).waiting().in_line().with_details()
    rows = [WishPresenter(wish, request.user, at) for wish in waiting[:SHOWN]]
    context = {
        "own": [row for row in rows if row.is_own],
        "of_clients": [row for row in rows if not row.is_own],
        "zone": request.user.time_zone,
    }
    return render(request, "bookings/earlier_times.html", context)


class WishPresenter:
    """A wish as this reader sees it at this moment."""

    def __init__(self, wish, user, at):
        self.wish, self.user, self.at = wish, user, at

    @property
    def is_own(self):
        return self.wish.client_id == self.user.pk

    @property
    def hours(self):
        """9am to 12pm, by the coach's clock."""
        zone = self.wish.coach.time_zone
        first, last = (
            datetime.combine(self.wish.first_on, each, ZoneInfo(zone))
            for each in (self.wish.from_time, self.wish.until_time)
        )
        return f"{formatting.clock(first, zone)} to {formatting.clock(last, zone)}"

    @property
    def has_offer(self):
        return self.wish.has_offer(self.at)

    @property
    def offer_url(self):
        return reverse("bookings:earlier_time_offer", args=[self.wish.token])


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def new_earlier_time(request):
    """?session=<uuid>: for an earlier time of it; ?coach=<slug>: for a new session."""
    at = timezone.now()
    session = _session_asked(request)
    coach = session.coach if session else _coach_asked(request)
    zone = coach.time_zone
    today, rules = local_date(at, zone), pricing.booking_rules_for(coach)
    last_on = local_date(session.starts_at, zone) if session else today + FOUR_WEEKS
    lengths = [] if session else pricing.lengths_open_to(request.user, coach, rules)
    form = EarlierTimeForm(
        posted(request),
        today=today,
        session_on=last_on if session else None,
        lengths=[(each, formatting.length(each)) for each in lengths],
        locations=[(each.value, each.label) for each in pricing.offered_locations(rules)],
        initial={"first_on": today, "last_on": last_on},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = perform(
            request,
            actions.wish_for_earlier_time,
            "You are on the waiting list. We email you when a time that suits comes free.",
            form=form,
            client=request.user,
            coach=coach,
            session=session,
            minutes=session.minutes if session else given["minutes"],
            location=session.location if session else given["location"],
            suitable=form.suitable(),
            at=at,
        )
        if made:
            return redirect("bookings:earlier_times")
    context = {"form": form, "session": session, "coach": coach, "zone": zone}
    return render(request, "bookings/earlier_time_new.html", context)


def _session_asked(request):
    """The user's own session that is to get earlier."""
    asked = request.GET.get("session", "")
    if not asked:
        return None
    own = CoachingSession.objects.without_holds().filter(client=request.user).for_pages()
    try:
        return get_object_or_404(own, uuid=uuid.UUID(asked))
    except ValueError:
        raise Http404 from None


def _coach_asked(request):
    coaches = Coach.objects.public().select_related("user").exclude(user=request.user)
    return get_object_or_404(coaches, slug=request.GET.get("coach", ""))


@require_POST
@idempotent
def withdraw_earlier_time(request, uuid):
    own = EarlierTimeWish.objects.filter(client=request.user).select_related("coach")
    wish = get_object_or_404(own, uuid=uuid)
    said = "You are no longer on the waiting list."
    perform(request, actions.withdraw_wish, said, wish=wish, at=timezone.now())
    return redirect("bookings:earlier_times")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def earlier_time_offer(request, token):
    """One offer: what it is, what happens to the present session, and two buttons."""
    wish, start = _offered(token)
    at = timezone.now()
    is_open = wish.has_offer(at) and wish.offered_start == start
    if request.method == "POST":
        return _answer(request, wish, token, is_accepted="accept" in request.POST, at=at)
    is_accepted = wish.was_accepted and wish.offered_start == start
    context = {
        "wish": wish,
        "start": start,
        "ends_at": start + wish.length,
        "is_open": is_open,
        "is_accepted": is_accepted,
        "book_url": _details_url(wish, start),
        "zone": wish.client.time_zone,
    }
    status = 200 if is_open or is_accepted else 410
    return render(request, "bookings/earlier_time_offer.html", context, status=status)


def _offered(token):
    """The wish and the start that the address is about; a forged one is not found."""
    try:
        key, start = SIGNER.unsign_object(token)
        wish = EarlierTimeWish.objects.with_details().get(uuid=key)
        return wish, datetime.fromisoformat(start)
    except (signing.BadSignature, EarlierTimeWish.DoesNotExist, ValueError):
        raise Http404 from None


def _answer(request, wish, token, *, is_accepted, at):
    here = reverse("bookings:earlier_time_offer", args=[token])
    _, start = _offered(token)
    wish.offered_start = start  # the one that was shown: the action compares it
    try:
        if is_accepted:
            actions.accept_earlier_time(wish=wish, at=at)
        else:
            actions.decline_earlier_time(wish=wish, at=at)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(here)
    if not is_accepted:
        messages.success(request, "Declined. You stay on the waiting list for other times.")
        return redirect(here)
    if wish.session is None:
        return redirect(_details_url(wish, start))
    messages.success(request, "Accepted. Your session has been moved.")
    return redirect(here)


def _details_url(wish, start):
    """Where a new session is booked: the client signs in first, the time is theirs meanwhile."""
    asked = {"minutes": wish.minutes, "location": wish.location, "start": start.isoformat()}
    details = reverse("bookings:details", args=[wish.coach.slug])
    then = urlencode({"next": f"{details}?{urlencode(asked)}"})
    return f"{reverse('account_login')}?{then}"
