"""Emails about courses: to whom and when. `course_content.py` has the words."""

from datetime import datetime, timedelta
from typing import Any

from coaching_portal.notifications import outbox, reminders
from training.models import Cohort, CourseBooking, Enrolment, WaitingListPlace

REMINDER_DAYS = (7, 1)
NAMING_REMINDER_DAYS = (14, 3)


def places_booked(booking: CourseBooking, *, at: datetime) -> None:
    """Confirm to who booked; joining instructions and reminders to each learner."""
    outbox.queue(
        "course-booked",
        about=booking,
        recipient=booking.booked_by,
        due_at=at,
        not_after=booking.cohort.finishes_at,
    )
    for place in booking.live_places:
        if place.is_named:
            learner_named(place, at=at)
    if booking.unnamed_places:
        _remind_to_name(booking, at=at)


def learner_named(place: Enrolment, *, at: datetime) -> None:
    """Joining instructions at once, and reminders before the first teaching session."""
    cohort = place.cohort
    _to_learner(
        "course-joining",
        place,
        occasion=str(cohort.sequence),
        due_at=at,
        not_after=cohort.finishes_at,
    )
    for days, due_at, not_after in _ahead(cohort, REMINDER_DAYS, at):
        _to_learner(
            "course-reminder",
            place,
            occasion=f"{cohort.sequence}:{days}",
            due_at=due_at,
            not_after=not_after,
        )


def _ahead(cohort, days_before, at):
    """(days, due_at, not_after) of those still ahead of a cohort."""
    steps = [(days, timedelta(days=days)) for days in days_before]
    return reminders.ahead(cohort.begins_at, steps, at=at)


def _remind_to_name(booking: CourseBooking, *, at: datetime) -> None:
    cohort = booking.cohort
    for days, due_at, not_after in _ahead(cohort, NAMING_REMINDER_DAYS, at):
        outbox.queue(
            "course-name-delegates",
            about=booking,
            recipient=booking.booked_by,
            occasion=f"{cohort.sequence}:{days}",
            due_at=due_at,
            not_after=not_after,
        )


def cohort_changed(cohort: Cohort, *, at: datetime) -> None:
    """The new dates to everybody with a place, and reminders that follow them."""
    for place in cohort.enrolments.live().select_related("learner"):
        place.cohort = cohort  # read once, with its teaching sessions
        if place.is_named:
            learner_named(place, at=at)
    for booking in cohort.bookings.filter(enrolments__in=_unnamed(cohort)).distinct():
        booking.cohort = cohort
        _remind_to_name(booking, at=at)


def _unnamed(cohort):
    return cohort.enrolments.live().filter(email="")


def place_lost(place: Enrolment, *, at: datetime) -> None:
    """Cancelled or passed on: the learner need not come."""
    if place.is_named:
        _to_learner("course-place-ended", place, due_at=at)


def places_cancelled(booking: CourseBooking, *, at: datetime) -> None:
    """To who booked: what was cancelled at this moment, and what it costs."""
    outbox.queue(
        "course-places-cancelled",
        about=booking,
        recipient=booking.booked_by,
        occasion=at.isoformat(),
        due_at=at,
    )


def waiting_list_joined(waiting: WaitingListPlace, *, at: datetime) -> None:
    outbox.queue(
        "waiting-list-joined",
        about=waiting,
        recipient=waiting.user,
        due_at=at,
        not_after=waiting.cohort.begins_at,
    )


def place_offered(waiting: WaitingListPlace, *, at: datetime) -> None:
    """Until when, and how to accept or decline."""
    _about_an_offer("waiting-list-offered", waiting, at, not_after=waiting.offer_expires_at)


def offer_lapsed(waiting: WaitingListPlace, *, at: datetime) -> None:
    """Not answered in time: the next in line is offered the place."""
    _about_an_offer("waiting-list-lapsed", waiting, at)


def _about_an_offer(kind: str, waiting: WaitingListPlace, at: datetime, **message: Any) -> None:
    occasion = waiting.offered_at.isoformat() if waiting.offered_at else ""
    outbox.queue(
        kind, about=waiting, recipient=waiting.user, occasion=occasion, due_at=at, **message
    )


def waiting_list_closed(cohort: Cohort, *, at: datetime) -> None:
    """Nobody needs to wait any longer for a cohort that is called off."""
    for waiting in cohort.waiting_list.waiting().select_related("user"):
        outbox.queue("waiting-list-closed", about=waiting, recipient=waiting.user, due_at=at)


def _to_learner(kind: str, place: Enrolment, **message: Any) -> None:
    """To the learner's account, or to the address while there is none."""
    to = {"recipient": place.learner} if place.learner else {"address": place.email}
    outbox.queue(kind, about=place, **to, **message)
