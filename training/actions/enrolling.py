"""Enrolling: exactly as many places are sold as there are, however many people press at once."""

import functools

from training import emails
from training.actions.locking import CohortBusy, atomic_with_retry, lock_cohort
from training.actions.places import (
    CohortFull,
    check_is_open,
    check_may_write_to,
    check_not_enrolled,
    check_offer_is_in_time,
    check_payer,
    create_place,
    take_places,
)
from training.actions.waiting import add_to_waiting_list, reduce_waiting
from training.models import Cohort, CourseBooking


def _or_told_that_it_is_full(action):
    """Whoever waited in vain while the places went is told so, not to press again."""

    @functools.wraps(action)
    def wrapper(**kwargs):
        try:
            return action(**kwargs)
        except CohortBusy:
            cohort = Cohort.objects.get(pk=kwargs["cohort"].pk)
            left = cohort.places_left_for(kwargs["by"])
            if left < len(kwargs["learners"]):
                raise CohortFull(left) from None
            raise

    return wrapper


@_or_told_that_it_is_full
@atomic_with_retry
def enrol(
    *,
    cohort,
    by,
    learners,
    terms,
    at,
    organisation=None,
    purchase_order="",
    waiting=0,
    accepted_from=None,
):
    """Sell the learners their places and tell everybody, or raise CohortFull or another refusal.

    `waiting` more places are put on the waiting list in the same transaction: “3 now, 2 waiting”.
    """
    check_payer(by=by, learners=learners, organisation=organisation, purchase_order=purchase_order)
    check_may_write_to([learner.email for learner in learners], by=by, organisation=organisation)
    cohort = lock_cohort(cohort.pk)
    check_is_open(cohort, at)
    check_offer_is_in_time(cohort, by, at)
    check_not_enrolled(cohort, learners, by=by)
    take_places(cohort, len(learners), by=by)
    reduce_waiting(cohort, by, placed=len(learners), at=at)

    booking = create_booking(
        cohort,
        learners,
        by=by,
        at=at,
        organisation=organisation,
        purchase_order=purchase_order,
        terms=terms,
        accepted_from=accepted_from,
    )
    if waiting:
        add_to_waiting_list(cohort, by, organisation=organisation, places=waiting, at=at)
    return booking


def create_booking(cohort, learners, *, by, at, organisation, purchase_order, terms, accepted_from):
    """The rows of places that are counted already, and everybody told."""
    booking = CourseBooking.objects.create(
        cohort=cohort,
        booked_by=by,
        booked_at=at,
        organisation=organisation,
        purchase_order=purchase_order,
        price=cohort.course.price,
        terms=terms,
        terms_sha256=terms.sha256,
        schedule=terms.schedule,
        accepted_from=accepted_from,
    )
    for learner in learners:
        create_place(booking, learner, by=by, at=at)
    emails.places_booked(booking, at=at)
    return booking
