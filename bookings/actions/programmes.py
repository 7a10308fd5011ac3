"""Proposing a programme, accepting it, and what client and coach decide at its review."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from bookings.actions import agreement_texts
from bookings.actions.locking import lock_coach, lock_programme
from bookings.emails import programmes
from bookings.models import Extension, Programme, Review
from bookings.pricing import booking_rules_for
from coaching_portal.common.dates import london_date
from coaching_portal.common.refusals import Refusal
from profiles.models import Client, Coach, Organisation, User

Status, Outcome = Programme.Status, Review.Outcome


class WrongStatus(Refusal):
    """The programme is in a state in which this cannot be done."""


class TermsHaveChanged(Refusal):
    pass


class ReviewDateNeeded(Refusal):
    pass


class SessionsNeeded(Refusal):
    pass


class NoAccount(Refusal):
    """Somebody whom a coach has entered, and who has accepted nothing so far."""


class LengthNotOffered(Refusal):
    pass


@dataclass(frozen=True)
class ProgrammeTerms:
    """What a coach proposes: pounds for an hour, minutes of a session, hours of notice."""

    sessions_agreed: int
    minutes: int
    rate: Decimal
    review_on: date
    cancellation_notice_hours: int = 48
    title: str = "Individual coaching"
    organisation: Organisation | None = None
    purchase_order: str = ""


@transaction.atomic
def propose(*, coach: Coach, client: User, terms: ProgrammeTerms, at: datetime) -> Programme:
    """Put terms to a client, and tell them."""
    coach = lock_coach(coach)
    if client.is_contact:
        raise NoAccount(f"{client} has no account yet, so nobody could accept it.")
    _check(terms, coach, at=at)
    programme = Programme(coach=coach, client=client, proposed_at=at)
    _put_terms(programme, terms, at=at)
    programme.save()
    Client.objects.get_or_create(user=client, coach=coach)
    programmes.proposed(programme, at=at)
    return programme


@transaction.atomic
def change_proposal(*, programme: Programme, terms: ProgrammeTerms, at: datetime) -> Programme:
    """Replace terms that nobody has accepted yet; the page with the old ones cannot be accepted."""
    programme = lock(programme)
    if not programme.can_be_changed:
        raise WrongStatus("These terms are agreed. Record a review to change them.")
    _check(terms, programme.coach, at=at)
    programme.terms_version += 1
    _put_terms(programme, terms, at=at)
    programme.save()
    programmes.proposed(programme, at=at)
    return programme


@transaction.atomic
def accept(
    *,
    programme: Programme,
    terms_version: int,
    by: User,
    at: datetime,
    accepted_from: str | None = None,
    wishes_to_start_early: bool = False,
) -> Programme:
    """Freeze the terms that the client has read and accepts."""
    programme = lock(programme)
    if not programme.can_be_accepted:
        raise WrongStatus("This proposal can no longer be accepted.")
    if terms_version != programme.terms_version:
        raise TermsHaveChanged(
            "Your coach has changed these terms since you opened the page. Read them again."
        )
    programme.agreement = programme.text.record_acceptance(
        terms=programme.terms(),
        by=by,
        at=at,
        accepted_from=accepted_from,
        wishes_to_start_early=wishes_to_start_early,
    )
    programme.status = Status.AGREED
    programme.save()
    programmes.accepted(programme, at=at)
    return programme


@transaction.atomic
def decline(*, programme: Programme, at: datetime) -> Programme:
    programme = lock(programme)
    if not programme.can_be_accepted:
        raise WrongStatus("This proposal can no longer be declined.")
    _close(programme, Status.DECLINED, at=at)
    programmes.declined(programme, at=at)
    return programme


@transaction.atomic
def record_review(*, programme: Programme, outcome: str, by: User, at: datetime) -> Review:
    """Write down that both decided to pause or to finish.

    An extension is proposed (`extensions.propose`): its review is written when it is accepted.
    """
    programme = lock(programme)
    if not programme.can_be_reviewed:
        raise WrongStatus("This programme cannot be reviewed now.")
    review = Review(programme=programme, due_on=programme.review_on, reviewed_at=at, recorded_by=by)
    review.outcome = outcome
    if outcome == Outcome.PAUSE:
        _withdraw_extension(programme, at=at)
        programme.status = Status.PAUSED
        programme.save()
    elif outcome == Outcome.FINISH:
        _close(programme, Status.COMPLETED, at=at)
    else:
        raise WrongStatus("Propose an extension: the client has to accept it.")
    review.save()
    programmes.reviewed(programme, review, at=at)
    return review


@transaction.atomic
def move_review(*, programme: Programme, review_on: date, at: datetime) -> Programme:
    """Set another review date, today at the earliest; notices go by the new one."""
    programme = lock(programme)
    if not programme.can_be_reviewed:
        raise WrongStatus("The review date of this programme cannot be moved.")
    if review_on < london_date(at):
        raise ReviewDateNeeded("Enter a review date that is not in the past.")
    set_review_date(programme, review_on, at=at)
    if programme.status == Status.IN_REVIEW:
        programme.status = Status.AGREED
    programme.save()
    _begin_review(programme, london_date(at), at=at)
    return programme


@transaction.atomic
def resume(*, programme: Programme, review_on: date, at: datetime) -> Programme:
    """Take a paused programme up again, with a review date to come."""
    programme = lock(programme)
    if not programme.is_paused:
        raise WrongStatus("Only a paused programme can be restarted.")
    check_review_date(review_on, at=at)
    set_review_date(programme, review_on, at=at)
    programme.status = Status.AGREED
    programme.save()
    return programme


@transaction.atomic
def end(*, programme: Programme, at: datetime) -> Programme:
    """End it early. Sessions already booked stay booked until they are cancelled."""
    programme = lock(programme)
    if not programme.can_be_ended:
        raise WrongStatus("This programme has already ended.")
    _close(programme, Status.ENDED, at=at)
    programmes.ended(programme, at=at)
    return programme


def begin_reviews(*, at: datetime) -> None:
    """Move programmes whose review date has come into review, and queue the notices now due."""
    today = london_date(at)
    for programme in Programme.objects.due_for_notice(today).order_by("pk"):
        with transaction.atomic():
            _begin_review(lock(programme), today, at=at)


def _begin_review(programme: Programme, today: date, *, at: datetime) -> None:
    if not programme.can_be_booked:
        return
    if programme.status == Status.AGREED and programme.review_on <= today:
        programme.status = Status.IN_REVIEW
        programme.save(update_fields=["status"])
    days = programme.review_notice_due(today)
    if days is not None:
        programmes.review_ahead(programme, days=days, at=at)


def lock(programme: Programme) -> Programme:
    """The coach's row first, then the programme's, fresh."""
    lock_coach(programme.coach)
    return lock_programme(programme)


def _check(terms: ProgrammeTerms, coach: Coach, *, at: datetime) -> None:
    if terms.sessions_agreed < 1:
        raise SessionsNeeded("Enter how many sessions, at least one.")
    if terms.minutes not in booking_rules_for(coach).lengths:
        raise LengthNotOffered("Choose a length that you offer.")
    check_review_date(terms.review_on, at=at)


def check_review_date(review_on: date | None, *, at: datetime) -> None:
    if review_on is None or review_on <= london_date(at):
        raise ReviewDateNeeded("Enter a review date later than today.")


def _put_terms(programme: Programme, terms: ProgrammeTerms, *, at: datetime) -> None:
    programme.title = terms.title
    programme.sessions_agreed, programme.minutes = terms.sessions_agreed, terms.minutes
    programme.rate = terms.rate
    programme.cancellation_notice_hours = terms.cancellation_notice_hours
    programme.organisation = terms.organisation
    programme.purchase_order = terms.purchase_order
    programme.text = agreement_texts.programme_form(programme.coach)
    set_review_date(programme, terms.review_on, at=at)


def set_review_date(programme: Programme, review_on: date, *, at: datetime) -> None:
    programme.review_on, programme.review_set_on = review_on, london_date(at)


def _withdraw_extension(programme: Programme, *, at: datetime) -> None:
    """What the client has not answered by now falls with another decision."""
    programme.extensions.open().update(status=Extension.Status.WITHDRAWN, answered_at=at)


def _close(programme: Programme, status: Programme.Status, *, at: datetime) -> None:
    _withdraw_extension(programme, at=at)
    programme.status, programme.closed_at = status, at
    programme.save()
