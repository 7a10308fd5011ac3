"""Places bought for an email address become the account's that shows the address to be its own."""

import contextlib

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.db.models.functions import Lower

from profiles.models import User
from training.actions.locking import CohortBusy, atomic_with_retry, lock_cohort
from training.models import Enrolment


def claim_places(*, user: User) -> None:
    """Link the live places that wait for one of the user's verified addresses, in any case."""
    for place in _unclaimed(user):
        with contextlib.suppress(CohortBusy):  # nobody's sign-in fails for it: the next one links
            _claim(place=place, user=user)


def _unclaimed(user: User) -> QuerySet[Enrolment]:
    addresses = EmailAddress.objects.filter(user=user, verified=True)
    own = [email.lower() for email in addresses.values_list("email", flat=True)]
    unclaimed = Enrolment.objects.live().filter(learner=None)
    return unclaimed.annotate(lower_email=Lower("email")).filter(lower_email__in=own)


@atomic_with_retry
def _claim(*, place: Enrolment, user: User) -> None:
    # The cohort's row keeps an enrolment of the same person from slipping in between.
    lock_cohort(place.cohort_id)
    has_another = Enrolment.objects.live().filter(cohort=place.cohort_id, learner=user).exists()
    if not has_another:
        Enrolment.objects.live().filter(pk=place.pk, learner=None).update(learner=user)
