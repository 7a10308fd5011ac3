"""Extending a programme: the coach proposes, the client accepts or declines."""

from datetime import date, datetime

from django.db import transaction

from bookings.actions import programmes
from bookings.actions.programmes import ReviewDateNeeded, SessionsNeeded, WrongStatus
from bookings.emails import programmes as programme_emails
from bookings.models import Extension, Programme, Review
from coaching_portal.common.dates import london_date
from coaching_portal.notifications import contact
from profiles.models import User

Status = Extension.Status
NO_LONGER_OPEN: dict[str, str] = {
    Status.REPLACED: "Your coach has replaced this proposal. Read the new one.",
    Status.ACCEPTED: "This extension is already accepted.",
    Status.DECLINED: "This extension is already declined.",
}


@transaction.atomic
def propose(
    *, programme: Programme, sessions_added: int, new_review_on: date, by: User, at: datetime
) -> Extension:
    """Put more sessions and a later review before the client, in place of an open proposal."""
    programme = programmes.lock(programme)
    if not programme.can_be_reviewed:
        raise WrongStatus("This programme cannot be reviewed now.")
    if sessions_added < 1:
        raise SessionsNeeded("Enter how many sessions to add, at least one.")
    programmes.check_review_date(new_review_on, at=at)
    programme.extensions.open().update(status=Status.REPLACED, answered_at=at)
    extension = Extension.objects.create(
        programme=programme,
        sessions_added=sessions_added,
        new_review_on=new_review_on,
        proposed_by=by,
        proposed_at=at,
    )
    programme_emails.extension_proposed(extension, at=at)
    return extension


@transaction.atomic
def accept(
    *,
    extension: Extension,
    by: User,
    at: datetime,
    accepted_from: str | None = None,
    wishes_to_start_early: bool = False,
) -> Extension:
    """Add the sessions and set the review date, with proof of what was accepted."""
    extension = _lock(extension)
    _check_open(extension)
    if extension.new_review_on <= london_date(at):
        raise ReviewDateNeeded(
            "The review date of this proposal has come. "
            f"Ask your coach to propose a later one: {contact.ways()}."
        )
    programme = extension.programme
    extension.agreement = programme.text.record_acceptance(
        terms=extension.terms(),
        by=by,
        at=at,
        accepted_from=accepted_from,
        wishes_to_start_early=wishes_to_start_early,
    )
    _answer(extension, Status.ACCEPTED, at=at)
    review = _extend(programme, extension, at=at)
    programme_emails.reviewed(programme, review, at=at)
    return extension


@transaction.atomic
def decline(*, extension: Extension, at: datetime) -> Extension:
    """Everything stays as it was agreed."""
    extension = _lock(extension)
    _check_open(extension)
    _answer(extension, Status.DECLINED, at=at)
    programme_emails.extension_declined(extension, at=at)
    return extension


def _lock(extension: Extension) -> Extension:
    """The coach's row and the programme's, then the extension, read again."""
    programme = programmes.lock(extension.programme)
    extension = Extension.objects.get(pk=extension.pk)
    extension.programme = programme
    return extension


def _check_open(extension: Extension) -> None:
    if not extension.can_be_answered:
        words = "This proposal can no longer be answered."
        raise WrongStatus(NO_LONGER_OPEN.get(extension.status, words))


def _extend(programme: Programme, extension: Extension, *, at: datetime) -> Review:
    """Change what is agreed; the review at which it was proposed is written down with it."""
    review = Review.objects.create(
        programme=programme,
        due_on=programme.review_on,
        reviewed_at=extension.proposed_at,
        recorded_by=extension.proposed_by,
        outcome=Review.Outcome.EXTEND,
        sessions_added=extension.sessions_added,
        new_review_on=extension.new_review_on,
    )
    programme.sessions_agreed += extension.sessions_added
    programme.status = Programme.Status.AGREED
    programmes.set_review_date(programme, extension.new_review_on, at=at)
    programme.save()
    return review


def _answer(extension: Extension, status: Extension.Status, *, at: datetime) -> None:
    extension.status, extension.answered_at = status, at
    extension.save(update_fields=["status", "answered_at", "agreement"])
