"""Enrolling: exactly as many places are sold as there are, however many people press at once."""

import functools
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

from profiles.models import Organisation, User
from training import emails
from training.actions.locking import CohortBusy, atomic_with_retry, lock_cohort
from training.actions.places import (
    CohortFull,
    Learner,
    check_is_open,
    check_may_write_to,
    check_not_enrolled,
    check_offer_is_in_time,
    check_payer,
    create_place,
    take_places,
)
from training.actions.waiting import add_to_waiting_list, reduce_waiting
from training.models import Cohort, CourseBooking, EnrolmentTerms

P = ParamSpec("P")
R = TypeVar("R")


def _or_told_that_it_is_full(action: Callable[P, R]) -> Callable[P, R]:
    """The refusal for those who waited for the lock while the places went."""

    @functools.wraps(action)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return action(*args, **kwargs)
        except CohortBusy:
            asked: dict[str, Any] = kwargs
            cohort = Cohort.objects.get(pk=asked["cohort"].pk)
            left = cohort.places_left_for(asked["by"])
            if left < len(asked["learners"]):
                raise CohortFull(left) from None
            raise

    return wrapper


@_or_told_that_it_is_full
@atomic_with_retry
def enrol(
    *,
    cohort: Cohort,
    by: User,
    learners: Sequence[Learner],
    terms: EnrolmentTerms,
    at: datetime,
    organisation: Organisation | None = None,
    purchase_order: str = "",
    waiting: int = 0,
    accepted_from: str | None = None,
) -> CourseBooking:
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


def create_booking(
    cohort: Cohort,
    learners: Sequence[Learner],
    *,
    by: User,
    at: datetime,
    organisation: Organisation | None,
    purchase_order: str,
    terms: EnrolmentTerms,
    accepted_from: str | None,
) -> CourseBooking:
    """The rows of places that are counted already, and the emails."""
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
