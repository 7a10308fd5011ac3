"""What became of a session: attended, missed or called off; and a charge that is waived."""

from datetime import datetime, timedelta
from typing import cast

from django.conf import settings

from bookings import emails
from bookings.actions import locking
from bookings.actions.booking import record, state_of
from bookings.actions.locking import atomic_with_retry
from bookings.models import CoachingSession, SessionEvent
from coaching_portal.billing.actions import drafts
from coaching_portal.billing.models import InvoiceLine
from coaching_portal.common.refusals import Refusal
from profiles.models import User

Status, What = CoachingSession.Status, SessionEvent.What


class NotOver(Refusal):
    pass


class AlreadyInvoiced(Refusal):
    pass


class NothingToWaive(Refusal):
    pass


def confirm(*, session: CoachingSession, by: User, at: datetime) -> CoachingSession:
    """The session was held. Saying so again changes nothing."""
    return record_outcome(session=session, outcome=Status.COMPLETED, by=by, at=at)


def no_show(*, session: CoachingSession, by: User, at: datetime) -> CoachingSession:
    """The client did not attend: the session counts and is billed, unless it is waived."""
    return record_outcome(session=session, outcome=Status.NO_SHOW, by=by, at=at)


def record_did_not_take_place(
    *, session: CoachingSession, by: User, at: datetime
) -> CoachingSession:
    """It did not take place and is not charged: given back to the allowance."""
    return record_outcome(session=session, outcome=Status.CANCELLED, by=by, at=at)


@atomic_with_retry
def record_outcome(
    *, session: CoachingSession, outcome: CoachingSession.Status, by: User, at: datetime
) -> CoachingSession:
    """Say what became of a session that is over, or change what was said."""
    session = locking.lock_session(session)
    if session.status == outcome:
        return session
    if not session.can_record_outcome(at):
        raise NotOver("You can confirm a session after it ends.")
    if outcome == Status.CANCELLED and not drafts.remove_from_draft(sold_row=session):
        raise _already_invoiced(session)

    before = state_of(session, by=by)
    note = "" if session.is_booked else f"Corrected from: {session.get_status_display()}"
    save_outcome(session, outcome, by=by, at=at)
    record(session, WHAT[outcome], by=by, at=at, note=note, before=before)
    return session


WHAT = {
    Status.COMPLETED: What.CONFIRMED,
    Status.NO_SHOW: What.NO_SHOW,
    Status.CANCELLED: What.CANCELLED,
}


@atomic_with_retry
def waive(*, session: CoachingSession, by: User, reason: str, at: datetime) -> CoachingSession:
    """Not charge a missed or late cancelled session after all, and tell the client.

    What has been invoiced stays on its invoice until the office has credited it: see
    `CoachingSession.objects.waived_on_issued_invoices`.
    """
    session = locking.lock_session(session)
    if session.is_waived:
        return session
    if not session.is_late:
        raise NothingToWaive("Only a missed or late cancelled session has a charge to waive.")
    if not reason.strip():
        raise NothingToWaive("Enter the reason for waiving the charge.")
    drafts.remove_from_draft(sold_row=session)
    before = state_of(session, by=by)

    session.waived_at, session.waived_by, session.waiver_reason = at, by, reason.strip()
    session.save(update_fields=["waived_at", "waived_by", "waiver_reason"])
    record(session, What.WAIVED, by=by, at=at, note=session.waiver_reason, before=before)
    emails.charge_waived(session, by=by, at=at)
    return session


def complete_unconfirmed(*, at: datetime) -> int:
    """Sessions that nobody confirmed for three days count as held. Gives their number."""
    silence = timedelta(days=settings.UNCONFIRMED_COMPLETE_AFTER_DAYS)
    waiting = CoachingSession.objects.to_confirm(at - silence).select_related("coach")
    return sum(_complete(session=session, at=at) for session in waiting)


@atomic_with_retry
def _complete(*, session: CoachingSession, at: datetime) -> bool:
    """Unlike `confirm`, this leaves alone what the coach has said in the meantime."""
    session = locking.lock_session(session)
    if not session.is_booked:
        return False
    save_outcome(session, Status.COMPLETED, by=None, at=at)
    record(session, What.CONFIRMED, by=None, at=at, note="Not confirmed in time.")
    return True


def _already_invoiced(session: CoachingSession) -> AlreadyInvoiced:
    invoice = cast(InvoiceLine, session.invoice_line).invoice
    return AlreadyInvoiced(
        f"This session is on invoice {invoice.number}. Ask for a credit note instead."
    )


def save_outcome(
    session: CoachingSession, outcome: CoachingSession.Status, *, by: User | None, at: datetime
) -> None:
    called_off = outcome == Status.CANCELLED
    session.status, session.confirmed_at = outcome, at
    session.cancelled_at, session.cancelled_by = (at, by) if called_off else (None, None)
    session.waived_at, session.waived_by, session.waiver_reason = None, None, ""
    session.save(
        update_fields=[
            "status",
            "confirmed_at",
            "cancelled_at",
            "cancelled_by",
            "waived_at",
            "waived_by",
            "waiver_reason",
        ]
    )
