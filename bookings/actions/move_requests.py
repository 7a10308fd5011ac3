"""Asking for another time within the cancellation notice: the coach accepts or declines."""

from datetime import datetime

from bookings import emails
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.actions.changes import SameTime, check_new_time, check_not_started, save_new_time
from bookings.actions.checks import NotOffered
from bookings.actions.holds import delete_expired_holds
from bookings.actions.locking import atomic_with_retry
from bookings.availability.slot_queries import Requester
from bookings.models import CoachingSession, MoveRequest
from coaching_portal.common.refusals import Refusal
from profiles.models import User

Status = MoveRequest.Status
ANSWERED: dict[str, str] = {
    Status.ACCEPTED: "This request is already accepted.",
    Status.DECLINED: "This request is already declined.",
    Status.WITHDRAWN: "The client has withdrawn this request.",
    Status.LAPSED: "The session has been moved or cancelled since this was asked.",
}


class AlreadyAsked(Refusal):
    pass


class NotOpen(Refusal):
    pass


class NoNeedToAsk(Refusal):
    pass


@atomic_with_retry
def request_move(
    *, session: CoachingSession, starts_at: datetime, reason: str = "", by: User, at: datetime
) -> MoveRequest:
    """Ask the coach for a free time within the notice; the session stays as it is until then."""
    session = locking.lock_session(session)
    check_not_started(session, at=at, verb="moved")
    if session.can_be_moved(by=by, at=at):
        raise NoNeedToAsk("You can still move this session yourself.")
    if session.move_requests.filter(status=Status.OPEN).exists():
        raise AlreadyAsked("You have already asked for another time. Withdraw that request first.")
    if starts_at == session.starts_at:
        raise SameTime("The session is already at that time. Choose another time.")
    check_new_time(session, starts_at, by=by, at=at, outside_hours=False)

    move_request = MoveRequest.objects.create(
        session=session, starts_at=starts_at, reason=reason, requested_by=by, requested_at=at
    )
    emails.move_requested(move_request, at=at)
    return move_request


@atomic_with_retry
def accept(*, move_request: MoveRequest, by: User, at: datetime) -> MoveRequest:
    """Move the session to the time asked for, at no charge, if it is still free."""
    move_request, session = _lock(move_request, at=at)
    delete_expired_holds(coach=session.coach, client=session.client, at=at)
    _check_still_free(move_request, session, at=at)

    _answer(move_request, Status.ACCEPTED, at=at)
    save_new_time(session, move_request.starts_at, by=by, at=at)
    return move_request


@atomic_with_retry
def decline(*, move_request: MoveRequest, answer: str = "", at: datetime) -> MoveRequest:
    """The session stays as it is; the client reads the answer on its page."""
    move_request, _ = _lock(move_request, at=at)
    move_request.answer = answer
    _answer(move_request, Status.DECLINED, at=at)
    emails.move_declined(move_request, at=at)
    return move_request


@atomic_with_retry
def withdraw(*, move_request: MoveRequest, at: datetime) -> MoveRequest:
    move_request, _ = _lock(move_request, at=at)
    _answer(move_request, Status.WITHDRAWN, at=at)
    return move_request


def _lock(move_request: MoveRequest, *, at: datetime) -> tuple[MoveRequest, CoachingSession]:
    """The coach's row and the session's, then the request, reloaded; it must still be open."""
    session = locking.lock_session(move_request.session)
    move_request = MoveRequest.objects.get(pk=move_request.pk)
    move_request.session = session
    if not move_request.is_open:
        raise NotOpen(ANSWERED[move_request.status])
    check_not_started(session, at=at, verb="moved")
    return move_request, session


def _check_still_free(move_request: MoveRequest, session: CoachingSession, *, at: datetime) -> None:
    """Free now; the coach's booking notice is judged by when it was asked, as with a hold."""
    if move_request.starts_at <= at:
        raise NotOffered("The time asked for has passed.")
    booking_request = BookingRequest(
        session.coach, move_request.starts_at, session.minutes, location=session.location
    )
    requester = Requester(client=session.client, moving=session)
    checks.check_time(booking_request, at=move_request.requested_at, requester=requester)


def _answer(move_request: MoveRequest, status: Status, *, at: datetime) -> None:
    move_request.status, move_request.answered_at = status, at
    move_request.save(update_fields=["status", "answer", "answered_at"])
