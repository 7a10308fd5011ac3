"""What enrolling, naming and passing on have in common: who may, and what prevents it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db.models import F
from django.db.models.functions import Lower

from coaching_portal.common import formatting
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import contact
from profiles.models import Membership, Organisation, User
from training.models import Cohort, CourseBooking, Enrolment


class EnrolmentClosed(Refusal):
    pass


class CohortFull(Refusal):
    """Fewer places are left than wanted: `left` says how many."""

    def __init__(self, left: int) -> None:
        self.left = left
        super().__init__(self._words(left))

    @staticmethod
    def _words(left: int) -> str:
        if not left:
            return "The last place has been taken. You can join the waiting list."
        return f"Only {formatting.count(left, 'place is', 'places are')} left."


class OfferEnded(Refusal):
    def __init__(self) -> None:
        super().__init__("This offer has ended. My learning shows the places that you have.")


class AlreadyEnrolled(Refusal):
    pass


class NotEntitled(Refusal):
    pass


class PurchaseOrderRefused(Refusal):
    pass


class AddressNotConfirmed(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "Before we write to other people for you, verify your own email address: "
            "you can do so in your account. Then try again."
        )


@dataclass(frozen=True)
class Learner:
    """A delegate to enrol; without a name and an email, one to be named later."""

    name: str = ""
    email: str = ""


def check_is_open(cohort: Cohort, at: datetime) -> None:
    if not cohort.is_open(at):
        raise EnrolmentClosed("Enrolment for this course date has closed.")


def check_offer_is_in_time(cohort: Cohort, user: User, at: datetime) -> None:
    """Refuse someone whose offer has ended, though it still waits to be given to the next."""
    if any(row.offered and not row.has_offer(at) for row in cohort.line if row.user_id == user.pk):
        raise OfferEnded


def check_may_write_to(
    emails: Iterable[str], *, by: User, organisation: Organisation | None
) -> None:
    """Refuse mail to others for someone whom neither a checked organisation nor an address proves.

    Addresses are typed: the portal would write to strangers for anybody who signs up.
    """
    is_own = all(email.lower() == by.email.lower() for email in emails if email)
    is_known = (organisation and organisation.is_checked) or is_verified(by)
    if not is_own and not is_known:
        raise AddressNotConfirmed


def is_verified(user: User) -> bool:
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def check_payer(
    *, by: User, learners: Sequence[Learner], organisation: Organisation | None, purchase_order: str
) -> None:
    """People pay for themselves; a training contact enrols for the organisation."""
    if organisation is None:
        if [learner.email.lower() for learner in learners] != [by.email.lower()]:
            raise NotEntitled("You can only enrol yourself.")
        return
    if not is_training_contact(by, organisation):
        raise NotEntitled(f"Only a training contact of {organisation} can enrol its staff.")
    if problem := organisation.problem_with_purchase_order(purchase_order):
        raise PurchaseOrderRefused(problem)


def is_training_contact(user: User, organisation: Organisation) -> bool:
    return organisation.memberships.filter(
        user=user, role=Membership.Role.TRAINING_CONTACT
    ).exists()


def check_not_enrolled(cohort: Cohort, learners: Sequence[Learner], *, by: User) -> None:
    """Refuse anyone who has a place already, without telling whose booking it is in."""
    for email in (learner.email.lower() for learner in learners if learner.email):
        taken = _place_of(cohort, email)
        if taken is None:
            continue
        if CourseBooking.objects.visible_to(by).filter(pk=taken.booking_id).exists():
            raise AlreadyEnrolled(f"{email} already has a place on this course date.")
        raise AlreadyEnrolled(
            f"We cannot enrol {email} on this course date. Contact us about it: {contact.ways()}."
        )


def _place_of(cohort: Cohort, email: str) -> Enrolment | None:
    live = Enrolment.objects.live().filter(cohort=cohort)
    by_address = live.annotate(lower_email=Lower("email")).filter(lower_email=email)
    return (
        by_address.first()
        or live.filter(learner=verified_user(email)).exclude(learner=None).first()
    )


def verified_user(email: str) -> User | None:
    """Who has shown that the address is theirs, or None."""
    # Kept in small letters. Compared in capitals, as `iexact` does, a dotless ı would be an I.
    own = EmailAddress.objects.filter(email=email.lower(), verified=True)
    found = own.filter(user__is_active=True)
    address = found.select_related("user").order_by("pk").first()
    return address.user if address else None


def take_places(cohort: Cohort, number: int, *, by: User) -> None:
    """Count `number` places as taken, or raise CohortFull. The cohort's row is locked.

    Those that are offered to `by` are used first; what is left of them is free again.
    """
    left = cohort.places_left_for(by)
    offered = cohort.offered_to(by)  # counted already
    kept_for_others = cohort.free + offered - left
    counted = Cohort.objects.filter(
        pk=cohort.pk, taken__lte=F("capacity") + offered - number - kept_for_others
    ).update(taken=F("taken") + number - offered)
    if not counted:
        raise CohortFull(left)


def give_back_places(cohort: Cohort, number: int) -> None:
    Cohort.objects.filter(pk=cohort.pk).update(taken=F("taken") - number)


def create_place(
    booking: CourseBooking,
    learner: Learner,
    *,
    by: User,
    at: datetime,
    substitute_for: Enrolment | None = None,
) -> Enrolment:
    """The row of one place; linked to an account where the email is an account's."""
    return Enrolment.objects.create(
        booking=booking,
        cohort=booking.cohort,
        learner=verified_user(learner.email) if learner.email else None,
        name=learner.name,
        email=learner.email,
        named_at=at if learner.email else None,
        named_by=by if learner.email else None,
        substitute_for=substitute_for,
    )
