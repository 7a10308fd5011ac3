"""The words of the emails about requests to move; what was typed stays on the session's page."""

from datetime import datetime
from typing import cast

from django.utils import timezone

from bookings import cancellation
from bookings.emails.invitations import page_of
from bookings.models import CoachingSession, MoveRequest
from bookings.models.move_requests import MoveRequestQuerySet
from coaching_portal.common import formatting
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import User

Fact = tuple[str, object]


def register() -> None:
    """Make the kinds known to the outbox."""
    outbox.register(
        "coach-move-requested",
        label="Another time asked for, to the coach",
        render=render_request,
        is_still_valid=is_open,
    )
    outbox.register(
        "move-declined",
        label="Another time declined",
        render=render_decline,
        is_still_valid=is_declined_and_ahead,
    )


def _about(message: OutgoingMessage) -> MoveRequestQuerySet:
    return MoveRequest.objects.filter(uuid=message.subject_uuid)


def is_open(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).open(at).exists()


def is_declined_and_ahead(message: OutgoingMessage, at: datetime) -> bool:
    booked = CoachingSession.Status.BOOKED
    ahead = _about(message).filter(session__status=booked, session__starts_at__gt=at)
    return ahead.filter(status=MoveRequest.Status.DECLINED).exists()


def render_request(message: OutgoingMessage) -> Email:
    move_request = _about(message).for_pages().get()
    session = move_request.session
    facts: list[Fact] = [
        *_times(move_request, session.coach.time_zone),
        ("Client", session.client),
    ]
    if move_request.requested_by_id != session.client_id:
        facts.append(("Asked by", move_request.requested_by))
    return _email("coach_move_requested", move_request, session.coach.time_zone, facts)


def render_decline(message: OutgoingMessage) -> Email:
    move_request = _about(message).for_pages().get()
    session, reader = move_request.session, cast(User, move_request.session.client)
    zone, at = reader.time_zone, max(message.due_at, timezone.now())
    facts: list[Fact] = [*_times(move_request, zone), ("With", session.coach)]
    cancelling = cancellation.now_and_later(session, reader=reader, at=at, zone=zone)
    return _email("move_declined", move_request, zone, facts, cancelling=cancelling)


def _times(move_request: MoveRequest, zone: str) -> list[Fact]:
    session = move_request.session
    return [
        ("When", formatting.when_range(session.starts_at, session.ends_at, zone)),
        ("Time asked for", formatting.when(move_request.starts_at, zone)),
        ("Time zone", formatting.zone_name(zone)),
    ]


def _email(
    name: str, move_request: MoveRequest, zone: str, facts: list[Fact], **more: object
) -> Email:
    session = move_request.session
    context = {
        "move_request": move_request,
        "session": session,
        "zone": zone,
        "facts": facts,
        "answer_url": f"{page_of(session.uuid)}#move-request",
        **more,
    }
    return render(f"bookings/email/{name}", context)
