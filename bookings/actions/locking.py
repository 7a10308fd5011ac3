"""How competing bookings of one time wait for each other, and what a refusal says.

Rows are locked in one order everywhere: coach, client, programme, cohort, calendar connection, the
row that is sold, payment, invoice, counter (test_order_of_locks.py sees to it). The coach's row
first makes bookings for one coach wait for each other; the exclusion constraints keep the
promise even where a lock is forgotten.
"""

from django.db import DatabaseError, connection

from bookings.models import CoachingSession, Programme
from coaching_portal.common import transactions
from coaching_portal.common.prepared_queries import PreparedQuery
from coaching_portal.common.refusals import Refusal
from profiles.models import Coach, User

EXCLUSION = "23P01"
_COACH = PreparedQuery(
    lambda key: (
        Coach.objects.select_related("user")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=key)
    )
)
_CLIENT = PreparedQuery(lambda key: User.objects.select_for_update(no_key=True).filter(pk=key))


class TimeTaken(Refusal):
    def __init__(self, message: str = "That time has just been taken.") -> None:
        super().__init__(message)


class ClientIsBusy(TimeTaken):
    def __init__(self, message: str = "The client already has a session at that time.") -> None:
        super().__init__(message)


class PersonIsBusy(TimeTaken):
    """A person who is a coach and a client: in which role they are busy is not disclosed."""

    def __init__(
        self, message: str = "The coach or the client already has a session at that time."
    ) -> None:
        super().__init__(message)


REFUSALS: dict[str, type[TimeTaken]] = {
    "bookings_client_is_in_one_place": ClientIsBusy,
    "bookings_person_is_in_one_place": PersonIsBusy,
}


def _refusal(error: DatabaseError) -> Refusal | None:
    """The refusal for this error, or None where it is a fault of ours."""
    if transactions.is_worth_another_try(error):
        return TimeTaken()
    if transactions.sqlstate(error) != EXCLUSION:
        return None
    return REFUSALS.get(transactions.constraint_of(error) or "", TimeTaken)()


atomic_with_retry = transactions.atomic_with_retry(_refusal)


def lock_coach(coach: Coach) -> Coach:
    """The coach's row, reloaded, with her name and address as read before we waited.

    NO KEY: rows that point to it may still be inserted.
    """
    return _COACH.get(key=coach.pk)


def lock_client(client: User) -> User:
    return _CLIENT.get(key=client.pk)


def lock_visitor(visitor_key: str) -> None:
    """Make the holds of one browser, with whichever coach, wait for each other: no row to lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [visitor_key])


def lock_programme(programme: Programme) -> Programme:
    return Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)


def lock_session(session: CoachingSession) -> CoachingSession:
    """The coach's row, then the session's, reloaded; its coach is the locked one."""
    coach = lock_coach(session.coach)
    session = CoachingSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    session.coach = coach
    return session
