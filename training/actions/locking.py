"""The cohort's row first, for a limited time: whoever holds it decides about its places."""

import contextlib

from django.db import OperationalError, connection, transaction

from training.models import Cohort

LOCK_NOT_AVAILABLE, DEADLOCK = "55P03", "40P01"
LONGEST_WAIT = "3s"


class Refused(Exception):
    """Something that cannot be done, in words for the user."""


class CohortBusy(Refused):
    pass


@contextlib.contextmanager
def patience():
    """A transaction that waits three seconds for a row, and then says so instead of failing."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") not in (LOCK_NOT_AVAILABLE, DEADLOCK):
            raise
        busy = "Many people are enrolling at this moment. Please press the button again."
        raise CohortBusy(busy) from error


def lock_cohort(pk):
    # Not its key: enrolments that refer to the cohort need not wait for one another.
    return Cohort.objects.select_for_update(no_key=True).get(pk=pk)
