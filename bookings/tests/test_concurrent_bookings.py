"""Races with real parallel connections, each with a control that shows the race."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import IntegrityError, connection, transaction

from bookings import actions
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession, OccupiedTime
from coaching_portal.common import transactions
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, accepted, open_hours
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import (
    at_once,
    hold_at,
    start_competing_call,
    without_constraints,
)
from profiles.actions import erasure
from profiles.models import Coach

AT_ONCE = 20
HALF_HOUR = timedelta(minutes=30)
COACH, CLIENT = "bookings_coach_is_in_one_place", "bookings_client_is_in_one_place"
PERSON = "bookings_person_is_in_one_place"  # keeps coaches and clients, too

pytestmark = pytest.mark.django_db(transaction=True)


def won(answers):
    return [answer for answer in answers if isinstance(answer, CoachingSession)]


def lost(answers):
    return [answer for answer in answers if not isinstance(answer, CoachingSession)]


@pytest.fixture
def without_turns(monkeypatch):
    """Nobody waits for the coach's or the client's row, and all have looked before one writes."""
    monkeypatch.setattr(locking, "lock_coach", lambda coach: coach)
    monkeypatch.setattr(locking, "lock_client", lambda client: client)
    hold_at(monkeypatch, checks, "check_offer", AT_ONCE)


@pytest.fixture
def clients(make_user):
    return [make_user(f"client{number}@example.org") for number in range(AT_ONCE)]


def booking_of(coach, client, starts_at=NINE, minutes=60):
    def book():
        return actions.book(
            booking_request=BookingRequest(coach, starts_at, minutes),
            client=client,
            by=client,
            at=WEEKS_AHEAD,
            details=accepted(coach),
        )

    return book


def overlaps():
    """Pairs of live sessions of one coach that share time."""
    live = list(CoachingSession.objects.live().order_by("coach", "starts_at"))
    return [
        (one, other)
        for one, other in pairwise(live)
        if one.coach_id == other.coach_id and other.starts_at < one.free_again_at
    ]


def test_of_twenty_bookings_of_one_hour_one_wins(coach, clients):
    open_hours(coach)

    answers = at_once([booking_of(coach, client) for client in clients])

    assert len(won(answers)) == CoachingSession.objects.count() == 1
    assert {type(answer) for answer in lost(answers)} == {actions.TimeTaken}


def test_of_twenty_overlapping_bookings_none_overlap(coach, clients):
    open_hours(coach, grid_minutes=5)
    starts = [NINE + number * timedelta(minutes=5) for number in range(AT_ONCE)]

    answers = at_once([booking_of(coach, *pair) for pair in zip(clients, starts, strict=True)])

    assert won(answers)
    assert {type(answer) for answer in lost(answers)} == {actions.TimeTaken}
    assert not overlaps()


def test_a_client_who_books_two_coaches_at_once_gets_one(make_user, coach, client_user):
    other = Coach.objects.create(user=make_user("coach2@example.org"), slug="two", is_public=True)
    open_hours(coach)
    open_hours(other)
    calls = [
        booking_of(each, client_user, NINE + shift * HALF_HOUR)
        for each, shift in [(coach, 0), (other, 1)] * 10
    ]

    answers = at_once(calls)

    assert len(won(answers)) == 1
    assert all(isinstance(answer, actions.TimeTaken) for answer in lost(answers))


def test_of_twenty_holds_of_one_hour_one_wins(coach):
    open_hours(coach)

    answers = at_once([hold_of(coach, f"visitor-{number}") for number in range(AT_ONCE)])

    assert len(won(answers)) == CoachingSession.objects.count() == 1
    assert {type(answer) for answer in lost(answers)} == {actions.TimeTaken}


def hold_of(coach, visitor_key):
    def hold():
        return actions.hold(
            booking_request=BookingRequest(coach, NINE, 60), at=WEEKS_AHEAD, visitor_key=visitor_key
        )

    return hold


def test_the_constraint_alone_also_keeps_the_hour(coach, clients, without_turns):
    open_hours(coach)

    answers = at_once([booking_of(coach, client) for client in clients])

    assert len(won(answers)) == 1
    assert {type(answer) for answer in lost(answers)} == {actions.TimeTaken}


def test_control_without_turns_and_constraint_one_hour_is_booked_twenty_times(
    coach, clients, without_turns
):
    open_hours(coach)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        at_once([booking_of(coach, client) for client in clients])

        assert CoachingSession.objects.live().count() == AT_ONCE


def test_control_without_turns_and_constraint_starts_overlap(coach, clients, without_turns):
    open_hours(coach, grid_minutes=5)
    starts = [NINE + number * timedelta(minutes=5) for number in range(AT_ONCE)]

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        at_once([booking_of(coach, *pair) for pair in zip(clients, starts, strict=True)])

        assert overlaps()


def test_control_without_turns_and_constraint_a_client_is_in_two_places(
    make_user, coach, client_user, without_turns
):
    other = Coach.objects.create(user=make_user("coach2@example.org"), slug="two", is_public=True)
    open_hours(coach)
    open_hours(other)
    calls = [booking_of(each, client_user) for each in [coach, other] * 10]

    bare = without_constraints(CoachingSession, COACH, CLIENT)
    with without_constraints(OccupiedTime, PERSON), bare:
        at_once(calls)

        coaches = CoachingSession.objects.live().values_list("coach", flat=True)
        assert set(coaches) == {coach.pk, other.pk}


def test_control_without_turns_and_constraint_one_hour_is_held_twenty_times(coach, without_turns):
    open_hours(coach)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        at_once([hold_of(coach, f"visitor-{number}") for number in range(AT_ONCE)])

        assert CoachingSession.objects.live().count() == AT_ONCE


def test_a_lock_that_never_comes_is_a_refusal_and_no_fault(coach, client_user, monkeypatch):
    open_hours(coach)
    monkeypatch.setattr(transactions, "LONGEST_WAIT", "50ms")
    is_locked, may_go_on = threading.Event(), threading.Event()

    def keep_the_coach():
        with transaction.atomic():
            locking.lock_coach(coach)
            is_locked.set()
            may_go_on.wait(timeout=20)
        connection.close()

    keeper = threading.Thread(target=keep_the_coach)
    keeper.start()
    is_locked.wait(timeout=20)
    with pytest.raises(actions.TimeTaken):
        booking_of(coach, client_user)()
    may_go_on.set()
    keeper.join()

    assert booking_of(coach, client_user)()


def refuse_with(sqlstate):
    """A real error of PostgreSQL's with this code."""
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$")


@pytest.mark.parametrize("sqlstate", ["40P01", "55P03", "40001"])
@pytest.mark.parametrize(("refusals", "tries"), [(2, 3), (3, 3)])
def test_what_met_a_rival_is_tried_three_times(sqlstate, refusals, tries):
    seen = []

    @locking.atomic_with_retry
    def action():
        seen.append(1)
        if len(seen) <= refusals:
            refuse_with(sqlstate)
        return "done"

    if refusals < tries:
        assert action() == "done"
    else:
        with pytest.raises(actions.TimeTaken):
            action()
    assert len(seen) == tries


def test_a_fault_of_ours_is_not_hidden():
    @locking.atomic_with_retry
    def action():
        refuse_with("23505")

    with pytest.raises(IntegrityError):
        action()


# A client who is erased while the coach books for her.


@pytest.fixture
def erase_while(client_user, monkeypatch):
    """erase_while(act): erase the client; somebody acts once nothing stands in the way of it."""

    def erase(act):
        competing, look = [], erasure.blockers_of

        def look_then_let_act(user, at):
            found = look(user, at)
            competing.append(start_competing_call(act))
            return found

        monkeypatch.setattr(erasure, "blockers_of", look_then_let_act)
        erasure.erase(user=client_user, at=WEEKS_AHEAD)
        return competing[0].result()

    return erase


def test_nobody_books_for_a_client_who_is_erased_meanwhile(coach, client_user, erase_while):
    open_hours(coach)

    answer = erase_while(booking_of(coach, client_user))

    assert isinstance(answer, actions.NotOffered)
    assert not CoachingSession.objects.exists()


def test_control_without_the_clients_row_somebody_is_booked_who_is_gone(
    coach, client_user, erase_while, monkeypatch
):
    open_hours(coach)
    monkeypatch.setattr(locking, "lock_client", lambda client: client)

    erase_while(booking_of(coach, client_user))

    assert CoachingSession.objects.live().get().client.is_erased
