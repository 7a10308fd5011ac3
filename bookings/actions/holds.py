"""Holding a time for a visitor, and what becomes of the hold."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from bookings import pricing
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.actions.locking import atomic_with_retry
from bookings.availability.slot_queries import Requester
from bookings.models import BookingRules, CoachingSession
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.models import Coach, User

HOLD_LASTS = timedelta(minutes=10)
HOLD_LASTS_WHILE_SIGNING_UP = timedelta(minutes=30)

Status = CoachingSession.Status


@atomic_with_retry
def hold(
    *,
    booking_request: BookingRequest,
    at: datetime,
    visitor_key: str,
    client: User | None = None,
    by: User | None = None,
) -> CoachingSession:
    """Keep the time for this visitor for ten minutes, in place of any other they hold.

    `client` and `by`, whom it is for and who asks, where they have signed in.
    """
    coach = locking.lock_coach(booking_request.coach)
    booking_request, rules = replace(booking_request, coach=coach), pricing.booking_rules_for(coach)
    if client:
        client = locking.lock_client(client)
        checks.check_client(booking_request, client, by=by, at=at)
    locking.lock_visitor(visitor_key)
    delete_expired_holds(coach=coach, client=client, at=at)
    requester = Requester(visitor_key=visitor_key, client=client)
    checks.check_offer(booking_request, rules=rules, at=at, requester=requester)
    CoachingSession.objects.holds_of(visitor_key=visitor_key, client=client).delete()

    session = CoachingSession(coach=coach, client=client, visitor_key=visitor_key)
    session.status, session.held_at, session.held_until = Status.HELD, at, at + HOLD_LASTS
    set_time_and_price(session, booking_request, rules)
    session.save()
    return session


def extend_hold(*, visitor_key: str, at: datetime) -> None:
    """Keep a hold for thirty minutes in all, because its visitor has begun to sign up."""
    held = CoachingSession.objects.holds_of(visitor_key=visitor_key).filter(held_until__gt=at)
    held.update(held_until=F("held_at") + HOLD_LASTS_WHILE_SIGNING_UP)


def delete_expired_holds(*, coach: Coach, client: User | None, at: datetime) -> None:
    """Holds that have run out still occupy their time in the constraints: delete them first."""
    CoachingSession.objects.expired_holds(at).filter(_of_people(coach, client)).delete()


def _of_people(coach: Coach, client: User | None) -> Q:
    """Sessions of either, in whatever role."""
    return _of(coach.pk, coach.user_id, *([client.pk] if client else []))


def _of(coach: Any, *people: Any) -> Q:
    found = Q(coach=coach)
    for person in people:
        found |= Q(coach__user=person) | Q(client=person)
    return found


def _query_held(coach: Any, person: Any, client: Any, visitor_key: Any) -> QuerySet:
    of_browser = Q(visitor_key=visitor_key) & ~Q(visitor_key="")
    in_the_way = _of(coach, person, client) | of_browser
    return CoachingSession.objects.filter(in_the_way, status=Status.HELD)


_HELD: PreparedQuery[CoachingSession] = PreparedQuery(_query_held)


def claim_hold(
    booking_request: BookingRequest, *, visitor_key: str, client: User, at: datetime
) -> CoachingSession:
    """This visitor's hold of exactly this time, or a new session.

    Their other holds are given up, and what has run out goes, as in `delete_expired_holds`.
    """
    session, requested = (
        CoachingSession(),
        (booking_request.coach.pk, booking_request.starts_at, booking_request.ends_at),
    )
    asked = {"coach": booking_request.coach.pk, "person": booking_request.coach.user_id}
    for held in _HELD.all(client=client.pk, visitor_key=visitor_key, **asked):
        is_of_this_browser = visitor_key != "" and held.visitor_key == visitor_key
        is_own = is_of_this_browser or held.client_id == client.pk
        has_run_out = held.held_until is not None and held.held_until <= at
        if (
            is_own
            and not has_run_out
            and (held.coach_id, held.starts_at, held.ends_at) == requested
        ):
            session = held
        elif is_own or has_run_out:
            held.delete()
    session.coach = booking_request.coach
    return session


def set_time_and_price(
    session: CoachingSession, booking_request: BookingRequest, rules: BookingRules
) -> None:
    """Time, location and price, all from our own rows."""
    buffer = timedelta(minutes=rules.buffer_minutes)
    session.kind, session.location = booking_request.kind, booking_request.location
    session.starts_at, session.ends_at = booking_request.starts_at, booking_request.ends_at
    session.free_again_at = booking_request.ends_at + buffer
    agreed = pricing.pricing_for(
        booking_request.coach,
        minutes=booking_request.minutes,
        programme=booking_request.programme,
        rules=rules,
    )
    session.rate, session.price = agreed.rate, agreed.price
    session.cancellation_notice_hours = agreed.cancellation_notice_hours
