"""What happens when the dates or the place of a cohort change."""

from datetime import datetime

from django.db.models import F

from training import emails
from training.actions.locking import atomic_with_retry, lock_cohort
from training.models import Cohort


@atomic_with_retry
def announce_changes(*, cohort: Cohort, at: datetime) -> Cohort:
    """Tell every learner the new dates and place; reminders follow the new dates."""
    lock_cohort(cohort.pk)
    Cohort.objects.filter(pk=cohort.pk).update(sequence=F("sequence") + 1)
    cohort = Cohort.objects.get(pk=cohort.pk)
    emails.cohort_changed(cohort, at=at)
    return cohort
