"""The email with the code and the link by which a visitor proves an address and books."""

import uuid
from datetime import datetime

from django.urls import reverse

from bookings.models import PendingBooking
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render

KIND = "booking-code"


def register() -> None:
    outbox.register(
        KIND,
        label="Booking: code for an email address",
        render=render_message,
        is_still_valid=has_its_secret,
        # Without its code nobody gets on, to put the address right.
        is_always_tried=True,
    )


def code_asked_for(pending: PendingBooking, *, code: str, token: str, at: datetime) -> None:
    """Owe the code to the address that was typed, whoever's it is: the email is the same."""
    outbox.queue(
        KIND,
        about=pending,
        address=pending.email,
        occasion=uuid.uuid4().hex,
        due_at=at,
        not_after=pending.expires_at,
        secret={"code": code, "path": reverse("bookings:prove_by_link", args=[token])},
    )


def has_its_secret(message: OutgoingMessage, at: datetime) -> bool:
    """The code is erased when it is sent: what is sent again would have none."""
    return bool(message.secret)


def render_message(message: OutgoingMessage) -> Email:
    return render("bookings/email/booking_code", outbox.secret_of(message))
