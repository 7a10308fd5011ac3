"""Moving, lengthening and cancelling a session, and its agenda."""

from datetime import datetime, timedelta
from typing import Any

from bookings import emails, pricing
from bookings.actions import checks, locking
from bookings.actions.booking import record, state_of
from bookings.actions.booking_request import BookingRequest
from bookings.actions.holds import delete_expired_holds
from bookings.actions.locking import atomic_with_retry
from bookings.availability.slot_queries import Requester
from bookings.models import AgendaItem, CoachingSession, SessionEvent
from coaching_portal.common import formatting
from coaching_portal.common.refusals import Refusal
from profiles.models import User


class AlreadyStarted(Refusal):
    pass


class InsideNotice(Refusal):
    pass


class NotBooked(Refusal):
    pass


class LengthStays(Refusal):
    """A session whose length cannot be changed, or not to this one; the text says why."""


class SameTime(Refusal):
    pass


@atomic_with_retry
def cancel(*, session: CoachingSession, by: User, at: datetime) -> CoachingSession:
    """Cancel the session and tell the other side; late and charged inside the notice."""
    session = locking.lock_session(session)
    check_not_started(session, at=at, verb="cancelled")
    before = state_of(session, by=by)

    session.status = session.status_if_cancelled(by=by, at=at)
    session.cancelled_by, session.cancelled_at = by, at
    session.sequence += 1
    session.save(update_fields=["status", "cancelled_by", "cancelled_at", "sequence"])
    record(session, SessionEvent.What.CANCELLED, by=by, at=at, before=before)
    session.move_requests.lapse(at)
    emails.session_cancelled(session, by=by, at=at)
    return session


@atomic_with_retry
def move(
    *,
    session: CoachingSession,
    starts_at: datetime,
    by: User,
    at: datetime,
    outside_hours: bool = False,
) -> CoachingSession:
    """Move the session, which keeps its identity, length and price; tell both sides."""
    session = locking.lock_session(session)
    check_not_started(session, at=at, verb="moved")
    if not session.can_be_moved(by=by, at=at):
        hours = session.cancellation_notice_hours
        notice = formatting.hours_of(hours)
        raise InsideNotice(f"A session can be moved until {notice} before it starts.")
    if starts_at == session.starts_at:
        raise SameTime("The session is already at that time. Choose another time.")
    delete_expired_holds(coach=session.coach, client=session.client, at=at)
    check_new_time(session, starts_at, by=by, at=at, outside_hours=outside_hours)

    save_new_time(session, starts_at, by=by, at=at, before=state_of(session, by=by))
    session.move_requests.lapse(at)
    return session


@atomic_with_retry
def change_length(
    *,
    session: CoachingSession,
    minutes: int,
    by: User,
    at: datetime,
    outside_hours: bool = False,
) -> CoachingSession:
    """Let the session end earlier or later; the price follows; tell both sides."""
    session = locking.lock_session(session)
    check_not_started(session, at=at, verb="changed")
    check_length(session, minutes, by=by, at=at)
    delete_expired_holds(coach=session.coach, client=session.client, at=at)
    ends_at = session.starts_at + timedelta(minutes=minutes)
    if ends_at > session.ends_at:
        checks.check_longer(session, ends_at, outside_hours=outside_hours)

    before = state_of(session, by=by)
    price = formatting.money(session.price) if session.price else "free"
    note = f"It was {formatting.length(session.minutes)}, {price}"
    new = pricing.of_another_length(session, minutes)
    session.rate, session.price = new.rate, new.price
    # The buffer that it was booked with: a shorter session never needs more than it has.
    session.free_again_at += ends_at - session.ends_at
    session.ends_at = ends_at
    session.sequence += 1
    session.save(update_fields=["ends_at", "free_again_at", "rate", "price", "sequence"])
    record(session, SessionEvent.What.LENGTH, by=by, at=at, note=note, before=before)
    emails.session_length_changed(session, by=by, at=at)
    return session


def check_length(session: CoachingSession, minutes: int, *, by: User, at: datetime) -> None:
    """The coach may choose this length, and nothing has been invoiced yet."""
    if not session.length_can_change(by=by, at=at):
        raise LengthStays("The length of this session cannot be changed.")
    if minutes == session.minutes:
        raise LengthStays("The session has this length already. Choose another length.")
    if minutes not in pricing.other_lengths(session, pricing.booking_rules_for(session.coach)):
        length = formatting.length(minutes)
        raise LengthStays(f"A session of {length} is not offered. Choose another length.")


def check_not_started(session: CoachingSession, *, at: datetime, verb: str) -> None:
    if not session.is_booked:
        raise NotBooked(f"This session is no longer booked, so it cannot be {verb}.")
    if session.has_started(at):
        raise AlreadyStarted(f"A session that has started cannot be {verb}.")


def check_new_time(
    session: CoachingSession, starts_at: datetime, *, by: User, at: datetime, outside_hours: bool
) -> None:
    """The new time is offered, the session itself apart; a coach may leave her own hours."""
    by_coach = session.is_coached_by(by)
    booking_request = BookingRequest(
        session.coach,
        starts_at,
        session.minutes,
        location=session.location,
        outside_hours=outside_hours and by_coach,
    )
    requester = Requester(client=session.client, moving=session)
    checks.check_time(booking_request, at=at, requester=requester)


def save_new_time(
    session: CoachingSession,
    starts_at: datetime,
    *,
    by: User,
    at: datetime,
    before: dict[str, Any] | None = None,
) -> None:
    """Move a session that is locked to a time that has been checked; tell both sides.

    `before` is what undo.py puts back; without it, the move cannot be undone.
    """
    put_at(session, starts_at)
    session.sequence += 1
    session.save(update_fields=["starts_at", "ends_at", "free_again_at", "sequence"])
    record(session, SessionEvent.What.MOVED, by=by, at=at, before=before)
    emails.session_moved(session, by=by, at=at)


def put_at(session: CoachingSession, starts_at: datetime) -> None:
    """The same length from another start, with the buffer that the coach keeps today."""
    # What is offered was computed with today's buffer: another one would be refused.
    buffer = timedelta(minutes=pricing.booking_rules_for(session.coach).buffer_minutes)
    session.ends_at += starts_at - session.starts_at
    session.starts_at = starts_at
    session.free_again_at = session.ends_at + buffer


@atomic_with_retry
def add_to_agenda(*, session: CoachingSession, text: str, by: User, at: datetime) -> AgendaItem:
    """Add something to talk about, before the session starts."""
    session = locking.lock_session(session)
    check_not_started(session, at=at, verb="changed")
    return AgendaItem.objects.create(session=session, author=by, text=text)


@atomic_with_retry
def remove_from_agenda(*, item: AgendaItem, at: datetime) -> None:
    session = locking.lock_session(item.session)
    check_not_started(session, at=at, verb="changed")
    item.delete()
