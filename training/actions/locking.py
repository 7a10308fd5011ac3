"""The cohort's row first, for a limited time: whoever holds it decides about its places."""

from coaching_portal.common import transactions
from coaching_portal.common.refusals import Refusal
from training.models import Cohort


class CohortBusy(Refusal):
    def __init__(self):
        super().__init__("Many people are enrolling. Wait a moment and try again.")


def _refusal(error):
    return CohortBusy() if transactions.is_worth_another_try(error) else None


atomic_with_retry = transactions.atomic_with_retry(_refusal)


def lock_cohort(pk):
    # Not its key: enrolments that refer to the cohort need not wait for one another.
    return Cohort.objects.select_for_update(no_key=True).get(pk=pk)
