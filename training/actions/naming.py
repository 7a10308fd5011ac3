"""Who a place is for: named later, or passed on to another person before the course begins."""

from datetime import datetime

from coaching_portal.common.refusals import Refusal
from profiles.models import User
from training import emails
from training.actions.locking import atomic_with_retry, lock_cohort
from training.actions.places import (
    Learner,
    check_may_write_to,
    check_not_enrolled,
    create_place,
    verified_user,
)
from training.models import Enrolment


class AlreadyBegun(Refusal):
    pass


def _lock(place: Enrolment, at: datetime) -> Enrolment:
    """The cohort's row, then the place's; refused once the course has begun."""
    lock_cohort(place.cohort_id)
    place = (
        Enrolment.objects.select_for_update(of=["self"])
        .select_related("booking__cohort__course", "booking__organisation")
        .get(pk=place.pk)
    )
    if not place.can_be_changed(at):
        raise AlreadyBegun("This place can no longer be changed.")
    return place


@atomic_with_retry
def name_learner(*, place: Enrolment, name: str, email: str, by: User, at: datetime) -> Enrolment:
    """Say who a place is for that was bought without a name. The invoice stays as it is."""
    place = _lock(place, at)
    if place.is_named:
        raise Refusal(f"This place is already {place.name}'s. You can pass it on instead.")
    check_may_write_to([email], by=by, organisation=place.booking.organisation)
    check_not_enrolled(place.cohort, [Learner(name, email)], by=by)

    place.name, place.email = name, email
    place.learner = verified_user(email)
    place.named_at, place.named_by = at, by
    place.save(update_fields=["name", "email", "learner", "named_at", "named_by"])
    emails.learner_named(place, at=at)
    return place


@atomic_with_retry
def substitute(*, place: Enrolment, name: str, email: str, by: User, at: datetime) -> Enrolment:
    """Pass the place on: the first learner loses it at once, the second gets it, both recorded."""
    old = _lock(place, at)
    if not old.is_named:
        raise Refusal("This place is still to be named.")
    check_may_write_to([email], by=by, organisation=old.booking.organisation)
    check_not_enrolled(old.cohort, [Learner(name, email)], by=by)

    old.status, old.ended_at, old.ended_by = Enrolment.Status.SUBSTITUTED, at, by
    old.save(update_fields=["status", "ended_at", "ended_by"])
    new = create_place(old.booking, Learner(name, email), by=by, at=at, substitute_for=old)
    emails.place_lost(old, at=at)
    emails.learner_named(new, at=at)
    return new
