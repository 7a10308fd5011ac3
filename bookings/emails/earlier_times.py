"""The email that offers an earlier time: to whom, until when, and its words."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from bookings.models import EarlierTimeWish
from coaching_portal.common import formatting
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render

KIND = "earlier-time-offered"


def register() -> None:
    """Make the kind known to the outbox."""
    outbox.register(KIND, label="Earlier time offered", render=_render, is_still_valid=_is_open)


def time_offered(wish: EarlierTimeWish, *, at: datetime) -> None:
    """Offer the time to the client, until the offer ends."""
    outbox.queue(
        KIND,
        about=wish,
        recipient=wish.client,
        occasion=wish.offered_start.isoformat() if wish.offered_start else "",
        due_at=at,
        not_after=wish.offer_expires_at,
    )


def _is_open(message: OutgoingMessage, at: datetime) -> bool:
    wish = EarlierTimeWish.objects.filter(uuid=message.subject_uuid).first()
    offered_start = datetime.fromisoformat(message.occasion)
    return wish is not None and wish.has_offer(at) and wish.offered_start == offered_start


def _render(message: OutgoingMessage) -> Email:
    wish = EarlierTimeWish.objects.with_details().get(uuid=message.subject_uuid)
    zone = message.recipient.time_zone if message.recipient else wish.coach.time_zone
    return render("bookings/email/earlier_time_offered", _words(wish, zone))


def _words(wish: EarlierTimeWish, zone: str) -> dict[str, Any]:
    starts_at = wish.offered_start
    assert starts_at is not None  # nosec B101  (has_offer was asked)
    facts = [
        ("New time", formatting.when_range(starts_at, starts_at + wish.length, zone)),
        ("Time zone", formatting.zone_name(zone)),
        ("Location", wish.get_location_display()),
        ("With", wish.coach),
    ]
    if wish.session:
        now = formatting.when_range(wish.session.starts_at, wish.session.ends_at, zone)
        facts.append(("Your session now", now))
    return {
        "wish": wish,
        "zone": zone,
        "facts": facts,
        "offer_url": settings.SITE_URL + reverse("bookings:earlier_time_offer", args=[wish.token]),
    }
