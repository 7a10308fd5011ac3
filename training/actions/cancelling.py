"""Cancelling places, by the terms that were accepted with them; and calling a cohort off."""

from collections.abc import Sequence
from datetime import datetime

from coaching_portal.billing import actions as billing
from coaching_portal.billing.amounts import NOTHING
from profiles.models import User
from training import emails
from training.actions.locking import atomic_with_retry, lock_cohort
from training.actions.naming import AlreadyBegun
from training.actions.places import give_back_places
from training.actions.waiting import close_waiting_list
from training.models import Cohort, CourseBooking, Enrolment


@atomic_with_retry
def cancel_place(*, place: Enrolment, by: User, at: datetime) -> CourseBooking:
    """Cancel one place, at the fee of its booking's terms."""
    booking = _lock(place.booking_id, at)
    _end(booking, [p for p in booking.live_places if p.pk == place.pk], by=by, at=at)
    return booking


@atomic_with_retry
def cancel_booking(*, booking: CourseBooking, by: User, at: datetime) -> CourseBooking:
    """Cancel every place of the booking that is left."""
    booking = _lock(booking.pk, at)
    _end(booking, booking.live_places, by=by, at=at)
    return booking


def _lock(pk: int, at: datetime) -> CourseBooking:
    """The cohort's row, then the booking's; refused once the course has begun."""
    lock_cohort(CourseBooking.objects.values_list("cohort", flat=True).get(pk=pk))
    booking = CourseBooking.objects.select_for_update(of=["self"]).get(pk=pk)
    if booking.cohort.has_begun(at):
        raise AlreadyBegun("A course that has begun cannot be cancelled.")
    return booking


def _end(
    booking: CourseBooking,
    places: Sequence[Enrolment],
    *,
    by: User,
    at: datetime,
    is_free: bool = False,
) -> None:
    """End the places, if there are any, give them back to the cohort, and tell both sides."""
    if not places:
        return
    fee = NOTHING if is_free else booking.fee_if_cancelled(at)
    Enrolment.objects.filter(pk__in=[place.pk for place in places]).update(
        status=Enrolment.Status.CANCELLED, ended_at=at, ended_by=by, fee=fee
    )
    give_back_places(booking.cohort, len(places))
    # What is owed has changed: the next draft has it right. An issued invoice is credited.
    billing.remove_from_draft(sold_row=booking)
    if len(places) == len(booking.live_places):
        booking.cancelled_at = at
        booking.save(update_fields=["cancelled_at"])
    for place in places:
        emails.place_lost(place, at=at)
    emails.places_cancelled(booking, at=at)


@atomic_with_retry
def cancel_cohort(*, cohort: Cohort, by: User, at: datetime) -> None:
    """Cancel the whole cohort: nobody pays, everybody gets an email.

    Drafts lose their lines for it at once; `credit_cohort` credits what has been issued.
    """
    cohort = lock_cohort(cohort.pk)
    if cohort.is_cancelled:
        return
    cohort.status = Cohort.Status.CANCELLED
    cohort.sequence += 1
    cohort.save(update_fields=["status", "sequence"])
    for booking in cohort.bookings.select_for_update().order_by("pk"):
        _drop_fees(booking)
        _end(booking, booking.live_places, by=by, at=at, is_free=True)
    emails.waiting_list_closed(cohort, at=at)
    close_waiting_list(cohort, at=at)


def _drop_fees(booking: CourseBooking) -> None:
    """Nobody pays for having cancelled a place on a course that does not take place."""
    if booking.enrolments.filter(fee__gt=0).update(fee=NOTHING):
        billing.remove_from_draft(sold_row=booking)
