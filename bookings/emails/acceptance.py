"""The email that asks somebody without an account to accept the agreement of a session."""

import uuid
from datetime import datetime
from typing import cast

from django.conf import settings
from django.urls import reverse

from bookings import cancellation
from bookings.emails.invitations import invitation
from bookings.emails.session_content import client_facts, session_facts
from bookings.models import CoachingSession
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import User

KIND = "session-invitation"


def register() -> None:
    outbox.register(
        KIND,
        label="Session booked by the coach: accept the agreement",
        render=render_message,
        is_still_valid=is_still_asked,
    )


def invited(session: CoachingSession, *, token: str, at: datetime, expires_at: datetime) -> None:
    outbox.queue(
        KIND,
        about=session,
        recipient=session.client,
        occasion=uuid.uuid4().hex,
        due_at=at,
        not_after=expires_at,
        secret={
            "path": reverse("bookings:accept_by_link", args=[token]),
            "until": expires_at.isoformat(),
        },
    )


def is_still_asked(message: OutgoingMessage, at: datetime) -> bool:
    """The link is erased when it is sent; and nobody is asked to accept what is cancelled."""
    waiting = CoachingSession.objects.filter(uuid=message.subject_uuid, awaits_acceptance=True)
    return bool(message.secret) and waiting.filter(status="BOOKED", starts_at__gt=at).exists()


def render_message(message: OutgoingMessage) -> Email:
    people = ("coach__user", "client", "organisation", "booked_by", "cancelled_by")
    found = CoachingSession.objects.select_related(*people)
    session = found.get(uuid=message.subject_uuid)
    client, secret = cast(User, session.client), outbox.secret_of(message)
    context = {
        "session": session,
        "zone": client.time_zone,
        "facts": [*session_facts(session, client.time_zone), *client_facts(session)],
        "accept_url": settings.SITE_URL + secret["path"],
        "until": datetime.fromisoformat(secret["until"]),
        "rule": cancellation.rule_for_notice(session.cancellation_notice_hours),
        "privacy_url": f"{settings.SITE_URL}/privacy/",
        "is_video": session.is_video,
    }
    calendar = (invitation(session, method="REQUEST", at=message.due_at), "REQUEST")
    return render("bookings/email/session_invitation", context, message=message, calendar=calendar)
