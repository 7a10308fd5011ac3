"""Emails about requests to move a session: to whom and when."""

from datetime import datetime

from bookings.models import MoveRequest
from coaching_portal.notifications import outbox
from profiles.models import User


def move_requested(move_request: MoveRequest, *, at: datetime) -> None:
    """To the coach, who answers it."""
    _queue("coach-move-requested", move_request, move_request.session.coach.user, at=at)


def move_declined(move_request: MoveRequest, *, at: datetime) -> None:
    """To the client. Of one that is accepted, the email about the move tells."""
    if move_request.session.client:
        _queue("move-declined", move_request, move_request.session.client, at=at)


def _queue(kind: str, move_request: MoveRequest, recipient: User, *, at: datetime) -> None:
    until = move_request.session.starts_at
    outbox.queue(kind, about=move_request, recipient=recipient, due_at=at, not_after=until)
