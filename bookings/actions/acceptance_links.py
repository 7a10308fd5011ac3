"""Asking a client who has no account to accept the agreement of a session: by an emailed link."""

import secrets
from datetime import datetime, timedelta
from typing import cast

from bookings.actions import locking
from bookings.actions.locking import atomic_with_retry
from bookings.emails import acceptance as emails
from bookings.models import AcceptanceLink, CoachingSession
from bookings.models.acceptance_links import link_hash
from coaching_portal.common.refusals import Refusal
from profiles.models import User

LINK_LASTS = timedelta(days=30)


class NothingToAccept(Refusal):
    pass


class NoAddress(Refusal):
    pass


def ask_to_accept(session: CoachingSession, *, at: datetime) -> None:
    """Email the link; those before it no longer work."""
    token = secrets.token_urlsafe(32)
    expires_at = min(at + LINK_LASTS, session.starts_at)
    AcceptanceLink.objects.filter(session=session).delete()
    AcceptanceLink.objects.create(
        session=session, token_sha256=link_hash(token), expires_at=expires_at
    )
    emails.invited(session, token=token, at=at, expires_at=expires_at)


@atomic_with_retry
def send_link_again(*, session: CoachingSession, at: datetime) -> CoachingSession:
    """Another link, for a client who has lost the first one or whose link is too old."""
    session = locking.lock_session(session)
    client = cast(User, session.client)
    if not session.can_be_accepted(at) or not client.is_contact:
        raise NothingToAccept("There is no agreement to accept any more.")
    if not client.mail_address:
        raise NoAddress(f"We have no email address of {client}. Phone them.")
    ask_to_accept(session, at=at)
    return session
