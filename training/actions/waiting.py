"""The waiting list: joining it, leaving it, and leaving it by getting a place."""

from datetime import datetime

from coaching_portal.common.refusals import Refusal
from profiles.models import Organisation, User
from training import emails
from training.actions.locking import atomic_with_retry, lock_cohort
from training.actions.places import (
    NotEntitled,
    check_is_open,
    give_back_places,
    is_training_contact,
)
from training.models import Cohort, WaitingListPlace

Status = WaitingListPlace.Status


class AlreadyWaiting(Refusal):
    pass


@atomic_with_retry
def join_waiting_list(
    *,
    cohort: Cohort,
    by: User,
    places: int = 1,
    organisation: Organisation | None = None,
    at: datetime,
) -> WaitingListPlace:
    """Put the user at the end of the line for so many places and confirm it."""
    if organisation is None and places != 1:
        raise NotEntitled("You can only join the waiting list for yourself.")
    if organisation is not None and not is_training_contact(by, organisation):
        raise NotEntitled(f"Only a training contact of {organisation} can enrol its staff.")
    cohort = lock_cohort(cohort.pk)
    check_is_open(cohort, at)
    return add_to_waiting_list(cohort, by, organisation=organisation, places=places, at=at)


def add_to_waiting_list(
    cohort: Cohort, user: User, *, organisation: Organisation | None, places: int, at: datetime
) -> WaitingListPlace:
    """The same where the cohort's row is already locked."""
    if places > cohort.capacity:
        raise Refusal(f"This course has {cohort.capacity} places in all.")
    if WaitingListPlace.objects.waiting().filter(cohort=cohort, user=user).exists():
        raise AlreadyWaiting("You are already on the waiting list for this course date.")
    waiting = WaitingListPlace.objects.create(
        cohort=cohort, user=user, organisation=organisation, places=places, created_at=at
    )
    emails.waiting_list_joined(waiting, at=at)
    return waiting


@atomic_with_retry
def leave_waiting_list(*, waiting: WaitingListPlace, at: datetime) -> None:
    """Step out of the line; doing it twice changes nothing."""
    lock_cohort(waiting.cohort_id)
    for found in WaitingListPlace.objects.waiting().filter(pk=waiting.pk):
        end_wait(found, Status.LEFT, at=at)


def end_wait(waiting: WaitingListPlace, status: WaitingListPlace.Status, *, at: datetime) -> None:
    """Take it out of the line; what it was offered is free again. The cohort's row is locked."""
    give_back_places(waiting.cohort, waiting.offered)
    waiting.status, waiting.ended_at, waiting.offered = status, at, 0
    waiting.save(update_fields=["status", "ended_at", "offered"])


def reduce_waiting(cohort: Cohort, user: User, *, placed: int, at: datetime) -> None:
    """A user who gets places waits for so many fewer. The cohort's row is locked.

    `take_places` has used, or given back, those that were offered.
    """
    waiting = WaitingListPlace.objects.waiting().filter(cohort=cohort, user=user).first()
    if waiting is None:
        return
    waiting.offered = 0
    if placed < waiting.places:
        waiting.places -= placed
    else:
        waiting.status, waiting.ended_at = Status.ENROLLED, at
    waiting.save(update_fields=["places", "status", "ended_at", "offered"])


def close_waiting_list(cohort: Cohort, *, at: datetime) -> None:
    """Send everybody home who waits. The cohort's row is locked."""
    for waiting in cohort.waiting_list.waiting():
        end_wait(waiting, Status.LEFT, at=at)
