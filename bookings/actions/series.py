"""Booking several sessions of a programme at once: all of them, or none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bookings import emails, pricing
from bookings.actions import checks
from bookings.actions.booking import complete_booking, lock_for_booking
from bookings.actions.booking_request import BookingRequest, Details
from bookings.actions.holds import claim_hold, set_time_and_price
from bookings.actions.locking import atomic_with_retry
from bookings.availability.slot_queries import Requester
from bookings.models import BookingRules, CoachingSession, Programme
from coaching_portal.common import formatting
from coaching_portal.common.refusals import Refusal
from profiles.models import User

MOST_AT_ONCE = 26  # weekly for half a year: one transaction books them all


class NothingChosen(Refusal):
    pass


class TooManyAtOnce(Refusal):
    pass


@dataclass(frozen=True)
class SeriesRequest:
    """Sessions of one programme, at one location."""

    programme: Programme
    starts: Sequence[datetime]
    location: str
    location_details: str = ""


@atomic_with_retry
def book_series(
    *, series_request: SeriesRequest, by: User, at: datetime, visitor_key: str = ""
) -> list[CoachingSession]:
    """Book all these sessions and tell both sides once, or raise a Refusal and book none."""
    _check_number(series_request)
    programme, starts = series_request.programme, sorted(series_request.starts)
    first = BookingRequest(
        programme.coach,
        starts[0],
        programme.minutes,
        location=series_request.location,
        programme=programme,
    )
    first, client = lock_for_booking(first, programme.client)
    _check_allowance(first, number=len(starts))
    rules = pricing.booking_rules_for(first.coach)
    details = Details(needs=client.needs, location_details=series_request.location_details)
    requester = Requester(visitor_key=visitor_key, client=client)
    booked = [
        _book_one(
            replace(first, starts_at=starts_at),
            rules=rules,
            requester=requester,
            client=client,
            by=by,
            at=at,
            details=details,
        )
        for starts_at in starts
    ]
    emails.series_booked(booked, by=by, at=at)
    return booked


def _book_one(
    booking_request: BookingRequest,
    *,
    rules: BookingRules,
    requester: Requester,
    client: User,
    by: User,
    at: datetime,
    details: Details,
) -> CoachingSession:
    """As a single session is booked: what was booked a moment before it counts as taken."""
    key = requester.visitor_key
    session = claim_hold(booking_request, visitor_key=key, client=client, at=at)
    try:
        checks.check_booking(booking_request, client=client, by=by, at=at, details=details)
        checks.check_offer(booking_request, rules=rules, at=at, requester=requester)
    except Refusal as refusal:
        when = formatting.when(booking_request.starts_at, by.time_zone)
        raise type(refusal)(f"{when}: {refusal} Nothing has been booked.") from refusal
    set_time_and_price(session, booking_request, rules)
    complete_booking(session, booking_request, client=client, by=by, at=at, details=details)
    return session


def _check_number(series_request: SeriesRequest) -> None:
    if not series_request.starts:
        raise NothingChosen("Choose at least one time.")
    if len(series_request.starts) > MOST_AT_ONCE:
        raise TooManyAtOnce(f"Book at most {MOST_AT_ONCE} sessions at once.")


def _check_allowance(booking_request: BookingRequest, *, number: int) -> None:
    programme = booking_request.programme
    left = programme.sessions_left if programme else 0
    if number > left:
        have = formatting.count(left, "session is", "sessions are")
        raise checks.AllowanceUsed(
            f"{have} left in this programme, and you have chosen {number}. "
            "Nothing has been booked. Choose fewer."
        )
