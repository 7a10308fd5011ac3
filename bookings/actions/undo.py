"""Undoing what a coach has just done to a session, before the emails about it leave.

Her change is a row of the session's history that keeps what was before. The emails about it wait
for ten seconds (emails/sessions.py); for as long one button puts everything back, and they are not
sent.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from bookings.actions import checks, locking
from bookings.actions.booking import AMOUNTS, MOMENTS, OTHERS, record
from bookings.actions.booking_request import BookingRequest
from bookings.actions.holds import delete_expired_holds
from bookings.actions.locking import atomic_with_retry
from bookings.emails.sessions import UNDO_LASTS
from bookings.models import CoachingSession, SessionEvent
from coaching_portal.billing.actions import drafts
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import outbox
from profiles.models import User

RESTORED = (*MOMENTS, *AMOUNTS, "status", "cancelled_by", "waived_by", "waiver_reason", "sequence")


class TooLate(Refusal):
    def __init__(
        self, message: str = "It is too late to undo this: ten seconds have passed."
    ) -> None:
        super().__init__(message)


class NothingToUndo(Refusal):
    def __init__(self, message: str = "There is nothing to undo.") -> None:
        super().__init__(message)


def change_to_undo(session: CoachingSession, *, by: User, at: datetime) -> SessionEvent | None:
    """The newest change of the session, where this coach has just made it."""
    if not session.is_coached_by(by):
        return None
    newest = _newest_of(session, by)
    return newest if newest and at < newest.at + UNDO_LASTS else None


def _newest_of(session: CoachingSession, by: User) -> SessionEvent | None:
    newest = session.events.order_by("-pk").first()
    if newest is None or newest.before is None or newest.by_id != by.pk:
        return None
    return newest


@atomic_with_retry
def undo(*, session: CoachingSession, by: User, at: datetime) -> CoachingSession:
    """Put back what was before the coach's last change; the emails about it are not sent."""
    session = locking.lock_session(session)
    change = _newest_of(session, by)
    if change is None or change.before is None:
        raise NothingToUndo
    if change_to_undo(session, by=by, at=at) is None:
        raise TooLate
    if not _withdraw_emails(session, change, at=at):
        raise TooLate
    if session.invoice_line_id and not drafts.remove_from_draft(sold_row=session):
        raise TooLate("It is too late to undo this: the session is on an invoice.")

    was_live = session.status in CoachingSession.LIVE
    _put_back(session, change.before)
    delete_expired_holds(coach=session.coach, client=session.client, at=at)
    if not was_live:
        _check_that_it_is_still_open(session, by=by, at=at)
    session.save(update_fields=RESTORED)
    record(session, SessionEvent.What.UNDONE, by=by, at=at, note=change.get_what_display())
    return session


def _withdraw_emails(session: CoachingSession, change: SessionEvent, *, at: datetime) -> bool:
    """Whether all that was to be sent about the change was still here."""
    before = change.before or {}
    if change.what == SessionEvent.What.WAIVED:
        return outbox.withdraw(about=session, occasion=change.at.isoformat(), at=at)
    if before["sequence"] == session.sequence:
        return True  # an outcome: nobody is emailed
    was_here = outbox.withdraw(about=session, occasion=str(session.sequence), at=at)
    # What was owed before holds again, under the number that comes next: reminders, and news that
    # had not left when the coach made her change.
    outbox.owe_again(
        about=session,
        occasion=str(before["sequence"]),
        new_occasion=str(session.sequence + 1),
        since=change.at,
    )
    return was_here


def _put_back(session: CoachingSession, before: dict[str, Any]) -> None:
    """What calendars have read counts on: their SEQUENCE only rises."""
    if before["sequence"] != session.sequence:
        session.sequence += 1
    for name in MOMENTS:
        setattr(session, name, parse_datetime(before[name]) if before[name] else None)
    for name in AMOUNTS:
        setattr(session, name, Decimal(before[name]))
    for name in OTHERS:
        setattr(session, name, before[name])


def _check_that_it_is_still_open(session: CoachingSession, *, by: User, at: datetime) -> None:
    """Somebody may have booked what was given back. The time is the constraints' business."""
    if session.client is None or not (session.programme or session.is_introduction):
        return
    request = BookingRequest(
        session.coach, session.starts_at, session.minutes, programme=session.programme
    )
    checks.check_client(request, session.client, by=by, at=at)
