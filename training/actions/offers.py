"""Offering places that come free to those who wait: made, accepted, declined, ended by time."""

import contextlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from profiles.models import Membership, User
from training import emails
from training.actions.enrolling import create_booking
from training.actions.locking import CohortBusy, atomic_with_retry, lock_cohort
from training.actions.places import (
    CohortFull,
    Learner,
    OfferEnded,
    check_is_open,
    check_not_enrolled,
    check_payer,
    give_back_places,
    take_places,
)
from training.actions.waiting import end_wait, reduce_waiting
from training.models import Cohort, CourseBooking, Enrolment, EnrolmentTerms, WaitingListPlace
from training.models.waiting import offer_expires_at

Status = WaitingListPlace.Status


def offer_free_places(*, at: datetime) -> None:
    """End offers whose time is over, and offer what is free to the next in line."""
    waiting = WaitingListPlace.objects.waiting().filter(cohort=OuterRef("pk"))
    over = waiting.filter(offered__gt=0, offer_expires_at__lte=at)
    cohorts = Cohort.objects.filter(Exists(over) | (Q(taken__lt=F("capacity")) & Exists(waiting)))
    for cohort in cohorts.order_by("pk"):
        with contextlib.suppress(CohortBusy):  # the next run asks again
            offer_places_of(cohort=cohort, at=at)


@atomic_with_retry
def offer_places_of(*, cohort: Cohort, at: datetime) -> None:
    """The same for one cohort."""
    cohort = lock_cohort(cohort.pk)
    for waiting in _line(cohort):
        _end_where_due(waiting, cohort, at)
    if cohort.is_open(at):
        _offer(cohort, at)


def _line(cohort: Cohort) -> QuerySet[WaitingListPlace]:
    """Those who wait, each with whether the place could still be theirs."""
    contacts = Membership.objects.filter(
        user=OuterRef("user"),
        organisation=OuterRef("organisation"),
        role=Membership.Role.TRAINING_CONTACT,
    )
    own_places = Enrolment.objects.live().filter(cohort=cohort, learner=OuterRef("user"))
    rows = cohort.waiting_list.waiting().in_line().select_related("user")
    return rows.annotate(is_contact=Exists(contacts), has_place=Exists(own_places))


def _end_where_due(waiting: Any, cohort: Cohort, at: datetime) -> None:
    is_for_self = waiting.organisation_id is None
    if cohort.has_begun(at):
        end_wait(waiting, Status.CLOSED, at=at)
    elif is_for_self and waiting.has_place:  # somebody else has enrolled them
        end_wait(waiting, Status.ENROLLED, at=at)
    elif not waiting.user.is_active or not (is_for_self or waiting.is_contact):
        end_wait(waiting, Status.LEFT, at=at)
    elif waiting.offered and not waiting.has_offer(at):
        end_wait(waiting, Status.LAPSED, at=at)
        emails.offer_lapsed(waiting, at=at)


def _offer(cohort: Cohort, at: datetime) -> None:
    """Offer the free places in the order of the line, each offer counted as taken."""
    for waiting in cohort.waiting_list.waiting().in_line().select_related("user"):
        number = 0 if waiting.offered else waiting.share_of(_free(cohort))
        if number and _count_as_taken(cohort, number):
            waiting.offered, waiting.offered_at = number, at
            waiting.offer_expires_at = offer_expires_at(at, ends_at=cohort.enrolment_ends_at)
            waiting.save(update_fields=["offered", "offered_at", "offer_expires_at"])
            emails.place_offered(waiting, at=at)


def _free(cohort: Cohort) -> int:
    cohort.refresh_from_db(fields=["taken", "capacity"])
    return cohort.free


def _count_as_taken(cohort: Cohort, number: int) -> int:
    rows = Cohort.objects.filter(pk=cohort.pk, taken__lte=F("capacity") - number)
    return rows.update(taken=F("taken") + number)


@atomic_with_retry
def accept_offer(
    *,
    waiting: WaitingListPlace,
    by: User,
    learners: Sequence[Learner],
    terms: EnrolmentTerms,
    at: datetime,
    purchase_order: str = "",
    accepted_from: str | None = None,
) -> CourseBooking:
    """Sell the learners the places offered to `by`, or raise OfferEnded or another refusal.

    Fewer than are offered may be accepted: the others go to the next in line.
    """
    check_payer(
        by=by,
        learners=learners,
        organisation=waiting.organisation,
        purchase_order=purchase_order,
    )
    cohort = lock_cohort(waiting.cohort_id)
    check_is_open(cohort, at)
    waiting = _with_offer(waiting, at)
    if len(learners) > waiting.offered:
        raise CohortFull(waiting.offered)
    check_not_enrolled(cohort, learners, by=by)
    take_places(cohort, len(learners), by=by)
    reduce_waiting(cohort, by, placed=waiting.offered, at=at)
    return create_booking(
        cohort,
        learners,
        by=by,
        at=at,
        organisation=waiting.organisation,
        purchase_order=purchase_order,
        terms=terms,
        accepted_from=accepted_from,
    )


@atomic_with_retry
def decline_offer(*, waiting: WaitingListPlace, at: datetime) -> WaitingListPlace:
    """Let the next in line have the places, or raise OfferEnded.

    Someone who is offered only some of the places wanted stays in line, for more than so many.
    """
    lock_cohort(waiting.cohort_id)
    waiting = _with_offer(waiting, at)
    if not waiting.is_part:
        end_wait(waiting, Status.DECLINED, at=at)
        return waiting
    give_back_places(waiting.cohort, waiting.offered)
    waiting.fewest, waiting.offered = waiting.offered + 1, 0
    waiting.save(update_fields=["fewest", "offered"])
    return waiting


def _with_offer(waiting: WaitingListPlace, at: datetime) -> WaitingListPlace:
    found = WaitingListPlace.objects.waiting().filter(pk=waiting.pk).first()
    if found is None or not found.has_offer(at):
        raise OfferEnded
    return found
