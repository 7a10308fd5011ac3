"""How competing calls for one row wait for each other: they wait for its lock, for a limited time, and try again."""

import functools
import random
import time

from django.db import DatabaseError, connection, transaction

LOCK_TIMEOUT = "55P03"
# Deadlock, lock timeout, serialization failure: the same again may succeed.
WORTH_ANOTHER_TRY = {"40P01", LOCK_TIMEOUT, "40001"}
LONGEST_WAIT = "3s"


def atomic_with_retry(refusal_for):
    """Decorate an action: run it in a transaction that waits for locks, and again after a conflict.

    `refusal_for(error)` says what the user is told of a DatabaseError, as an exception, or None
    where it is a fault of ours. It is asked outside the transaction, which is rolled back by then.
    """

    def decorate(action):
        @functools.wraps(action)
        def wrapper(**kwargs):
            for is_last in (False, False, True):
                try:
                    with transaction.atomic():
                        _wait_briefly()
                        return action(**kwargs)
                except DatabaseError as error:
                    refusal = refusal_for(error)
                    if refusal is None:
                        raise
                    if is_last or not is_worth_another_try(error):
                        raise refusal from error
                time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  (keeps competing calls apart)  # nosec B311

        return wrapper

    return decorate


def sqlstate(error):
    """PostgreSQL's five-letter code of an error, such as 23P01."""
    return getattr(error.__cause__, "pgcode", None)


def is_worth_another_try(error):
    return sqlstate(error) in WORTH_ANOTHER_TRY


def _wait_briefly():
    """Give up on a lock after three seconds; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
