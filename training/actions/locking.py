"""The cohort's row first, for a limited time: whoever holds it decides about its places."""

import functools
import random
import time

from django.db import OperationalError, connection, transaction

from training.models import Cohort

# Deadlock, lock timeout, serialization failure: the same again may succeed.
WORTH_ANOTHER_TRY = {"40P01", "55P03", "40001"}
LONGEST_WAIT = "3s"


class Refused(Exception):
    """Something that cannot be done, in words for the user."""


class CohortBusy(Refused):
    def __init__(self):
        super().__init__("Many people are enrolling just now. Please press the button again.")


def in_turn(action):
    """Run an action in a transaction that waits for locks, and again when it met a rival."""

    @functools.wraps(action)
    def wrapper(**kwargs):
        for is_last in (False, False, True):
            try:
                with transaction.atomic():
                    _wait_briefly()
                    return action(**kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") not in WORTH_ANOTHER_TRY:
                    raise
                if is_last:
                    raise CohortBusy from error
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  (only keeps rivals apart)

    return wrapper


def _wait_briefly():
    """Give up on a lock after three seconds; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])


def lock_cohort(pk):
    # Not its key: enrolments that refer to the cohort need not wait for one another.
    return Cohort.objects.select_for_update(no_key=True).get(pk=pk)
