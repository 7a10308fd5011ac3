"""The cohort's row is locked first, for a limited time: its holder decides about the places."""

from django.db import DatabaseError

from coaching_portal.common import transactions
from coaching_portal.common.refusals import Refusal
from training.models import Cohort


class CohortBusy(Refusal):
    def __init__(self) -> None:
        super().__init__("Many people are enrolling. Wait a moment and try again.")


def _refusal(error: DatabaseError) -> Refusal | None:
    return CohortBusy() if transactions.is_worth_another_try(error) else None


atomic_with_retry = transactions.atomic_with_retry(_refusal)


def lock_cohort(pk: int) -> Cohort:
    # Not its key: enrolments that refer to the cohort need not wait for one another.
    return Cohort.objects.select_for_update(no_key=True).get(pk=pk)
