"""How competing calls for one row wait: for its lock, for a limited time; then they try again."""

import functools
import random
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection, transaction

LOCK_TIMEOUT = "55P03"
# Deadlock, lock timeout, serialization failure: the same again may succeed.
WORTH_ANOTHER_TRY = {"40P01", LOCK_TIMEOUT, "40001"}
LONGEST_WAIT = "3s"
TRIES = 3

P = ParamSpec("P")
R = TypeVar("R")


def atomic_with_retry(
    refusal_for: Callable[[DatabaseError], Exception | None],
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate an action: run it in a transaction that waits for locks, and again after a conflict.

    `refusal_for(error)` gives the refusal for a DatabaseError, or None
    where it is a fault of ours. It is asked outside the transaction, which is rolled back by then.
    """

    def decorate(action: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(action)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            tries = 0
            while True:
                tries += 1
                try:
                    with transaction.atomic():
                        _wait_briefly()
                        return action(*args, **kwargs)
                except DatabaseError as error:
                    refusal = refusal_for(error)
                    if refusal is None:
                        raise
                    if tries == TRIES or not is_worth_another_try(error):
                        raise refusal from error
                time.sleep(random.uniform(0.01, 0.1))  # noqa: S311  (keeps competing calls apart)  # nosec B311

        return wrapper

    return decorate


def sqlstate(error: DatabaseError) -> str | None:
    """PostgreSQL's five-letter code of an error, such as 23P01."""
    return getattr(error.__cause__, "pgcode", None)


def constraint_of(error: DatabaseError) -> str | None:
    """The name of the constraint that PostgreSQL has refused by."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None)


def is_worth_another_try(error: DatabaseError) -> bool:
    return sqlstate(error) in WORTH_ANOTHER_TRY


def _wait_briefly() -> None:
    """Give up on a lock after three seconds; for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LONGEST_WAIT])
