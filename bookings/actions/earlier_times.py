"""The waiting list for earlier times: wishes, what is offered to whom, and the answers.

An offered time is held under the wish's own key: pickers, times.json and bookings take it for
somebody else's hold, and so does the constraint. The coach's row is locked by whoever changes a
wish, so that each has one offer at a time.
"""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bookings import pricing
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.actions.changes import move
from bookings.actions.holds import (
    HOLD_LASTS_WHILE_SIGNING_UP,
    delete_expired_holds,
    set_time_and_price,
)
from bookings.actions.locking import TimeTaken, atomic_with_retry
from bookings.availability import slot_queries
from bookings.availability.slot_queries import Requester
from bookings.emails import earlier_times as emails
from bookings.models import CoachingSession, EarlierTimeWish
from coaching_portal.common.dates import DAY, local_midnight
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach, User

Status = EarlierTimeWish.Status
# Nobody is woken by an offer that ends before they get up: the coach's clock.
OFFERS_FROM, OFFERS_UNTIL = time(7), time(21)


class AlreadyWaiting(Refusal):
    pass


class CannotWait(Refusal):
    pass


class OfferOver(Refusal):
    def __init__(self, message: str = "This offer has ended. You can no longer answer it.") -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Suitable:
    """Days and hours that would suit, by the coach's clock."""

    weekdays: Iterable[int]
    from_time: time
    until_time: time
    first_on: date
    last_on: date


@atomic_with_retry
def wish_for_earlier_time(
    *,
    client: User,
    coach: Coach,
    minutes: int,
    location: str,
    suitable: Suitable,
    at: datetime,
    session: CoachingSession | None = None,
) -> EarlierTimeWish:
    """Put the client at the end of the line; with a session, for an earlier time of it."""
    coach = locking.lock_coach(coach)
    if session is not None:
        session = CoachingSession.objects.get(pk=session.pk)
        if not session.can_be_moved(by=client, at=at):
            raise CannotWait("This session can no longer be moved, so it cannot get earlier.")
    same = EarlierTimeWish.objects.waiting().filter(client=client, coach=coach, session=session)
    if same.exists():
        raise AlreadyWaiting("You are already on the waiting list. Withdraw that wish first.")
    return EarlierTimeWish.objects.create(
        client=client,
        coach=coach,
        session=session,
        minutes=minutes,
        location=location,
        weekdays=sorted(suitable.weekdays),
        from_time=suitable.from_time,
        until_time=suitable.until_time,
        first_on=suitable.first_on,
        last_on=suitable.last_on,
        created_at=at,
    )


@atomic_with_retry
def withdraw_wish(*, wish: EarlierTimeWish, at: datetime) -> EarlierTimeWish:
    """Leave the list; doing it twice changes nothing."""
    wish = _lock(wish)
    if wish.is_waiting:
        _end(wish, Status.WITHDRAWN, at=at)
    return wish


# --- Offering: what is due and not done ----------------------------------------------------


def offer_earlier_times(*, at: datetime) -> None:
    """End what is over, and offer each free time to the first whose wish it suits."""
    waiting = EarlierTimeWish.objects.waiting().in_line().with_details()
    for wish in waiting:
        if wish.is_over(at) or wish.offer_is_late(at) or _next_start(wish, at):
            with contextlib.suppress(TimeTaken):  # the next run asks again
                offer_to(wish=wish, at=at)


@atomic_with_retry
def offer_to(*, wish: EarlierTimeWish, at: datetime) -> None:
    """The same for one wish, asked again while nobody else changes the coach's calendar."""
    wish = _lock(wish)
    if not wish.is_waiting:
        return
    if wish.is_over(at):
        _end(wish, Status.OVER, at=at)
        return
    if wish.offer_is_late(at):
        _pass_over(wish)
    if starts_at := _next_start(wish, at):
        _offer(wish, starts_at, at=at)


def _next_start(wish: EarlierTimeWish, at: datetime) -> datetime | None:
    """The first free start that suits and is left to be answered; None while one is offered."""
    now = at.astimezone(ZoneInfo(wish.coach.time_zone)).time()
    if wish.has_offer(at) or not OFFERS_FROM <= now < OFFERS_UNTIL:
        return None
    rules = pricing.booking_rules_for(wish.coach)
    since = local_midnight(wish.first_on, wish.coach.time_zone)
    until = local_midnight(wish.last_on + DAY, wish.coach.time_zone)
    if wish.session is not None:
        until = min(until, wish.session.starts_at)
    free = slot_queries.open_slots(
        wish.coach,
        minutes=wish.minutes,
        since=since,
        until=until,
        at=at,
        location=wish.location,
        requester=_requester(wish),
        stored=rules,
    )
    notice = rules.minimum_notice_minutes
    return next(
        (
            start
            for start in free
            if wish.suits(start)
            and start not in wish.passed_over
            and wish.expiry_if_offered(start, at=at, notice_minutes=notice)
        ),
        None,
    )


def _requester(wish: EarlierTimeWish) -> Requester:
    return Requester(visitor_key=wish.hold_key, client=wish.client, moving=wish.session)


def _offer(wish: EarlierTimeWish, starts_at: datetime, *, at: datetime) -> None:
    rules = pricing.booking_rules_for(wish.coach)
    delete_expired_holds(coach=wish.coach, client=wish.client, at=at)
    wish.offered_start = starts_at
    wish.offer_expires_at = wish.expiry_if_offered(
        starts_at, at=at, notice_minutes=rules.minimum_notice_minutes
    )
    held = CoachingSession(coach=wish.coach, visitor_key=wish.hold_key)
    held.status = CoachingSession.Status.HELD
    held.held_at, held.held_until = at, wish.offer_expires_at
    request = BookingRequest(wish.coach, starts_at, wish.minutes, location=wish.location)
    set_time_and_price(held, request, rules)
    held.save()
    wish.save(update_fields=["offered_start", "offer_expires_at"])
    emails.time_offered(wish, at=at)


def _pass_over(wish: EarlierTimeWish) -> None:
    """The time is free for the next in line, and not offered to this one again."""
    wish.holds.delete()
    if wish.offered_start is not None:
        wish.passed_over = [*wish.passed_over, wish.offered_start]
    wish.offered_start = wish.offer_expires_at = None
    wish.save(update_fields=["passed_over", "offered_start", "offer_expires_at"])


def _end(wish: EarlierTimeWish, status: EarlierTimeWish.Status, *, at: datetime) -> None:
    wish.holds.delete()
    wish.status, wish.ended_at = status, at
    if status != Status.ACCEPTED:
        wish.offered_start = wish.offer_expires_at = None
    wish.save(update_fields=["status", "ended_at", "offered_start", "offer_expires_at"])


# --- Answers ------------------------------------------------------------------------------


@atomic_with_retry
def accept_earlier_time(*, wish: EarlierTimeWish, at: datetime) -> EarlierTimeWish:
    """Move the client's session to the offered time, or keep that time for a new booking.

    Once, and while the offer lasts: or raise OfferOver, or why the session cannot be moved.
    """
    offered = wish.offered_start
    wish = _lock(wish)
    if not wish.has_offer(at) or wish.offered_start != offered or offered is None:
        raise OfferOver
    if wish.session is None:
        _keep_for_booking(wish, at=at)
    else:
        wish.holds.delete()
        move(session=wish.session, starts_at=offered, by=wish.client, at=at)
    _end(wish, Status.ACCEPTED, at=at)
    return wish


def _keep_for_booking(wish: EarlierTimeWish, *, at: datetime) -> None:
    """The hold becomes the client's own: details and agreement are given as for any booking."""
    client = locking.lock_client(wish.client)
    for held in wish.holds:
        request = BookingRequest(wish.coach, held.starts_at, wish.minutes, location=wish.location)
        checks.check_client(request, client, by=client, at=at)
        held.client, held.visitor_key = client, ""
        held.held_until = at + HOLD_LASTS_WHILE_SIGNING_UP
        held.save(update_fields=["client", "visitor_key", "held_until"])


@atomic_with_retry
def decline_earlier_time(*, wish: EarlierTimeWish, at: datetime) -> EarlierTimeWish:
    """Let the next in line have the time; the wish stays, for others."""
    offered = wish.offered_start
    wish = _lock(wish)
    if not wish.has_offer(at) or wish.offered_start != offered:
        raise OfferOver
    _pass_over(wish)
    return wish


def _lock(wish: EarlierTimeWish) -> EarlierTimeWish:
    """The coach's row, then the wish as it is now."""
    coach = locking.lock_coach(wish.coach)
    wish = EarlierTimeWish.objects.with_details().get(pk=wish.pk)
    wish.coach = coach
    return wish
