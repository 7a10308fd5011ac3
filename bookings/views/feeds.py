"""Calendar feeds: a person's page of them, and what calendar programs read."""

from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.core import ratelimit
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings.actions import feeds as actions
from bookings.calendars.feeds import FeedContent
from bookings.forms.feeds import FeedForm
from bookings.models import CalendarFeed
from coaching_portal.common import rate_limits, vault
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.views import perform

SECONDS_TO_BE_SHOWN = 600


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def calendar_feeds(request: Any) -> HttpResponse:
    """The user's feeds, and a form for a new one; a new one's address is shown here once."""
    form = FeedForm(posted(request))
    if request.method == "POST" and form.is_valid():
        made = perform(
            request,
            actions.make_feed,
            form=form,
            user=request.user,
            at=timezone.now(),
            **form.cleaned_data,
        )
        if made:
            feed, token = made
            _keep_for_a_moment(feed, token)
            return redirect(f"{reverse('bookings:calendar_feeds')}?made={feed.uuid}")
    feeds = list(CalendarFeed.objects.of(request.user))
    new = next((feed for feed in feeds if str(feed.uuid) == request.GET.get("made")), None)
    context = {
        "form": form,
        "feeds": feeds,
        "new": new,
        "address": _address_once(request, new) if new else "",
        "zone": request.user.time_zone,
    }
    return render(request, "bookings/feeds.html", context)


# The page comes after a redirect. Until then the token waits in the cache, encrypted: the database
# never has it.


def _key(feed: CalendarFeed) -> str:
    return f"calendar-feed-address:{feed.uuid}"


def _keep_for_a_moment(feed: CalendarFeed, token: str) -> None:
    cache.set(_key(feed), vault.encrypt(token.encode()).decode(), SECONDS_TO_BE_SHOWN)


def _address_once(request: HttpRequest, feed: CalendarFeed) -> str:
    """The address of a feed that has just been made; empty the next time."""
    sealed = cache.get(_key(feed))
    if sealed is None:
        return ""
    if request.method == "GET":  # HEAD shows nothing
        cache.delete(_key(feed))
    token = vault.decrypt(sealed.encode()).decode()
    return settings.SITE_URL + reverse("bookings:calendar_feed", args=[token])


@require_POST
@idempotent
def revoke_feed(request: HttpRequest, uuid: UUID) -> HttpResponse:
    feed = get_object_or_404(CalendarFeed.objects.of(request.user), uuid=uuid)
    done = f"“{feed.label}” is revoked. Delete it in your calendar program, too."
    perform(request, actions.revoke_feed, done, feed=feed)
    return redirect("bookings:calendar_feeds")


@login_not_required
@require_safe
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar program reads: whoever has the address may."""
    feed = CalendarFeed.objects.of_token(token)
    if feed is None:
        return _unknown(request)
    at = timezone.now()
    content = FeedContent(feed, at)
    etag = quote_etag(content.version)
    changed_at = actions.record_reading(feed=feed, version=content.version, at=at)
    modified = int(changed_at.timestamp()) if changed_at else None
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = HttpResponse(content.text(), content_type="text/calendar; charset=utf-8")
    return _with_headers(response, etag, changed_at)


def _with_headers(response: HttpResponse, etag: str, changed_at: datetime | None) -> HttpResponse:
    response["ETag"] = etag
    if changed_at:
        response["Last-Modified"] = http_date(changed_at.timestamp())
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _unknown(request: HttpRequest) -> HttpResponse:
    """A revoked address is one that there is not; and nobody may try many."""
    if not rate_limits.count(request, "unknown_feed"):
        return ratelimit.respond_429(request)
    raise Http404
