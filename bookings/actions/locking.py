"""How rivals for one time take turns, and what they are told when the database refuses.

Rows are locked in one order everywhere: coach, client, programme, cohort, the row that is sold,
invoice, counter. The coach's row first makes bookings for one coach wait for each other; the
exclusion constraints keep the promise even where somebody forgets.
"""

import functools
import random
import time

from django.db import DatabaseError, connection, transaction

from bookings.models import CoachingSession, Programme
from profiles.models import Coach, User

EXCLUSION = "23P01"
# Deadlock, lock timeout, serialization failure: the same again may succeed.
WORTH_ANOTHER_TRY = {"40P01", "55P03", "40001"}
LONGEST_WAIT = "3s"


class Refused(Exception):
    """Something that cannot be done; the text is for the user."""


class TimeTaken(Refused):
    def __init__(self, message="That time has just been taken."):
        super().__init__(message)


class ClientIsBusy(TimeTaken):
    def __init__(self, message="The client already has a session at that time."):
        super().__init__(message)


def in_turn(action):
    """Run an action in a transaction that waits for locks, and again when it met a rival.

    The refusals of the database become TimeTaken outside the inner transaction, which is rolled
    back by then.
    """

    @functools.wraps(action)
    def wrapper(**kwargs):
        for is_last in (False, False, True):
            try:
                with transaction.atomic():
                    wait_briefly()
                    return action(**kwargs)
            except DatabaseError as error:
                refusal = _refusal(error)
                if refusal is None:
                    raise
                if is_last or not _is_worth_another_try(error):
                    raise refusal from error
            time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  (only keeps rivals apart)

    return wrapper


def wait_briefly():
    """Give up on a lock after three seconds; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])


def _sqlstate(error):
    return getattr(error.__cause__, "pgcode", None)


def _is_worth_another_try(error):
    return _sqlstate(error) in WORTH_ANOTHER_TRY


def _refusal(error):
    """What the user is told of this error, or None where it is a fault of ours."""
    if _is_worth_another_try(error):
        return TimeTaken()
    if _sqlstate(error) != EXCLUSION:
        return None
    name = error.__cause__.diag.constraint_name
    return ClientIsBusy() if name == "bookings_client_is_in_one_place" else TimeTaken()


def lock_coach(coach):
    """The coach's row, fresh. NO KEY: rows that point to it may still be inserted."""
    return Coach.objects.select_for_update(no_key=True).get(pk=coach.pk)


def lock_client(client):
    return User.objects.select_for_update(no_key=True).get(pk=client.pk)


def lock_programme(programme):
    return Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)


def lock_session(session):
    """The coach's row, then the session's, fresh; its coach is the locked one."""
    coach = lock_coach(session.coach)
    session = CoachingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    session.coach = coach
    return session
