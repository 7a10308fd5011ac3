"""Whether a booking request is offered, and to this client: checked inside the transaction."""

from copy import copy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from bookings import pricing
from bookings.actions.booking_request import BookingRequest, Details
from bookings.actions.locking import ClientIsBusy, TimeTaken
from bookings.availability import slot_queries
from bookings.availability.outside_hours import is_outside_hours
from bookings.availability.slot_queries import Requester
from bookings.models import BookingRules, BusyTime, CoachingSession, Programme
from coaching_portal.common import formatting
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import contact
from profiles.models import Coach, User


def _query_open(client: Any, at: Any) -> QuerySet:
    """How many single sessions the client has before them."""
    theirs = CoachingSession.objects.filter(client=client).upcoming_single(at).order_by()
    of_client = theirs.values("client").annotate(number=Count("pk"))
    return of_client.values_list("number", flat=True)


_OPEN: PreparedQuery[int] = PreparedQuery(_query_open)


class NotOffered(Refusal):
    """A time, a length or a location that this coach does not offer, or not to this person."""


class OutsideHours(NotOffered):
    """A coach would leave her own hours, and has not said that she means to."""


class IntroductionUsed(Refusal):
    pass


class AllowanceUsed(Refusal):
    pass


class TooManyOpen(Refusal):
    """The client has as many sessions open as one may have without asking the coach."""


class AgreementNeeded(Refusal):
    pass


def check_offer(
    booking_request: BookingRequest, *, rules: BookingRules, at: datetime, requester: Requester
) -> None:
    """Raise unless the coach offers this length, this location and, still, this time."""
    if booking_request.minutes not in pricing.offered_lengths(
        booking_request.coach, rules, booking_request.programme
    ):
        length = formatting.length(booking_request.minutes)
        raise NotOffered(f"{booking_request.coach} does not offer sessions of {length}.")
    if booking_request.location not in pricing.offered_locations(rules):
        raise NotOffered(f"{booking_request.coach} does not offer sessions at that location.")
    check_time(booking_request, at=at, rules=rules, requester=requester)


def check_time(
    booking_request: BookingRequest,
    *,
    at: datetime,
    requester: Requester,
    rules: BookingRules | None = None,
) -> None:
    """Raise unless the time is open; a coach's own time outside her hours need only be free.

    `rules` are the coach's, where they have been read.
    """
    if booking_request.outside_hours:
        is_open = booking_request.starts_at > at and not _clashes_elsewhere(booking_request)
    else:
        is_open = slot_queries.is_open(
            booking_request.coach,
            starts_at=booking_request.starts_at,
            minutes=booking_request.minutes,
            at=at,
            location=booking_request.location,
            requester=requester,
            stored=rules,
        )
    if not is_open:
        raise _why_closed(booking_request, at=at, requester=requester)


def _clashes_elsewhere(booking_request: BookingRequest) -> bool:
    """Sessions are the constraint's business; what is in another calendar is ours."""
    busy = BusyTime.objects.filter(coach=booking_request.coach)
    return busy.filter(
        starts_at__lt=booking_request.ends_at, ends_at__gt=booking_request.starts_at
    ).exists()


def check_longer(session: CoachingSession, ends_at: datetime, *, outside_hours: bool) -> None:
    """Raise unless its coach is free until its new end, in her hours unless she leaves them.

    Other sessions are the constraints' business.
    """
    busy = BusyTime.objects.filter(coach=session.coach)
    if busy.overlapping(session.ends_at, ends_at).exists():
        raise NotOffered("You are busy in another calendar before it would end.")
    longer = copy(session)
    longer.ends_at = ends_at
    if not outside_hours and is_outside_hours(longer):
        raise OutsideHours("It would be outside your hours, or in your time off.")


def _why_closed(booking_request: BookingRequest, *, at: datetime, requester: Requester) -> Refusal:
    client, moving = requester.client, requester.moving
    if booking_request.starts_at <= at:
        return NotOffered("That time has passed.")
    theirs = CoachingSession.objects.holds_of(visitor_key=requester.visitor_key, client=client)
    live = CoachingSession.objects.live().exclude(pk__in=theirs.values("pk"))
    others = live.exclude(pk=moving.pk) if moving else live
    in_the_way = others.overlapping(booking_request.starts_at, booking_request.ends_at)
    if in_the_way.filter(
        Q(coach=booking_request.coach) | Q(client=booking_request.coach.user_id)
    ).exists():
        return TimeTaken()
    if client and in_the_way.filter(Q(client=client) | Q(coach__user=client)).exists():
        return ClientIsBusy()
    return NotOffered(f"{booking_request.coach} does not offer that time.")


def check_booking(
    booking_request: BookingRequest, *, client: User, by: User, at: datetime, details: Details
) -> None:
    """Raise unless this person may book this for that client."""
    is_coach = by.pk == booking_request.coach.user_id
    if client.pk == booking_request.coach.user_id:
        raise NotOffered("A coach cannot book a session with themselves.")
    if booking_request.outside_hours and not is_coach:
        raise NotOffered(f"{booking_request.coach} does not offer that time.")
    check_client(booking_request, client, by=by, at=at)
    if booking_request.programme is None and details.acceptance is None and not is_coach:
        raise AgreementNeeded("Accept the agreement to book.")


def check_client(
    booking_request: BookingRequest, client: User, *, by: User | AnonymousUser | None, at: datetime
) -> None:
    """Raise unless this is open to the client: asked before a time is held, and when it is booked.

    The time plays no part in it.
    """
    if booking_request.programme:
        _check_allowance(booking_request.programme, booking_request.coach, client)
        return
    if booking_request.kind == CoachingSession.Kind.INTRODUCTION:
        _check_introduction(booking_request, client)
    if by is None or by.pk != booking_request.coach.user_id:
        _check_open_sessions(booking_request.coach, client, at=at)


def _check_allowance(programme: Programme, coach: Coach, client: User) -> None:
    if (programme.client_id, programme.coach_id) != (client.pk, coach.pk):
        raise NotOffered("That programme is someone else's.")
    if not programme.can_be_booked:
        raise NotOffered("Sessions of this programme cannot be booked now.")
    if programme.sessions_left == 0:
        agreed = programme.sessions_agreed
        raise AllowanceUsed(
            f"You have used all {agreed} agreed sessions. "
            f"Ask {coach} for a review: {contact.ways()}."
        )


def _check_introduction(booking_request: BookingRequest, client: User) -> None:
    if CoachingSession.objects.introductions(booking_request.coach, client).exists():
        raise IntroductionUsed(
            "You have already booked your free introductory conversation with "
            f"{booking_request.coach}. Choose a longer session."
        )


def _check_open_sessions(coach: Coach, client: User, *, at: datetime) -> None:
    """So many open sessions outside programmes, with whichever coach; a coach may book more."""
    number = _OPEN.first(client=client.pk, at=at) or 0
    if number < settings.MOST_OPEN_SESSIONS_AT_FIRST:
        return
    theirs = CoachingSession.objects.filter(client=client)
    has_come = theirs.filter(status=CoachingSession.Status.COMPLETED).exists()
    most = settings.MOST_OPEN_SESSIONS if has_come else settings.MOST_OPEN_SESSIONS_AT_FIRST
    if number >= most:
        until = "" if has_come else " until a first session has taken place"
        booked = f"{formatting.count(number, 'session is', 'sessions are')} booked"
        raise TooManyOpen(
            f"{booked}, and at most {most} can be open at once{until}. "
            f"To book more, ask {coach}: {contact.ways()}."
        )
