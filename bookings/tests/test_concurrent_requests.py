"""Browsers that press at one moment, through HTTP; and the same with the guards off."""

from datetime import timedelta

import pytest

from bookings.actions import checks, locking
from bookings.models import CoachingSession, OccupiedTime
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    answers,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import (
    Press,
    cookies_of,
    hold_at,
    press_at_once,
    statuses,
    without_constraints,
)
from profiles.models import Coach

AT_ONCE = 20
FEWER = 6  # where the guard is off, a few are enough
HALF_HOUR, DAY = timedelta(minutes=30), timedelta(days=1)
COACH, CLIENT = "bookings_coach_is_in_one_place", "bookings_client_is_in_one_place"
PERSON = "bookings_person_is_in_one_place"  # keeps coaches and clients, too

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _weeks_ahead(time_machine):
    time_machine.move_to(WEEKS_AHEAD)


@pytest.fixture
def without_turns(monkeypatch):
    """Nobody waits for a row, and all have looked before one writes."""

    def switch_off(requests, *, looking="check_time"):
        for name in ("lock_coach", "lock_client", "lock_programme"):
            monkeypatch.setattr(locking, name, lambda row: row)
        hold_at(monkeypatch, checks, looking, requests)

    return switch_off


@pytest.fixture
def clients(make_user):
    return [make_user(f"client{number}@example.org") for number in range(AT_ONCE)]


@pytest.fixture
def other_coach(make_user):
    user = make_user("coach2@example.org", name="Olu Other")
    return Coach.objects.create(user=user, slug="olu-other", is_public=True)


def booking_of(coach, user, *, starts_at=NINE, **asked):
    return Press(details_url(coach, starts_at, **asked), answers(coach), cookies_of(user))


def live():
    return CoachingSession.objects.live()


# The coach's hour.


def test_of_twenty_browsers_that_book_one_hour_one_gets_it(live_server, coach, clients):
    open_hours(coach)

    answered = press_at_once(live_server.url, [booking_of(coach, client) for client in clients])

    assert statuses(answered) == {302: 1, 409: AT_ONCE - 1}
    assert live().get().starts_at == NINE


def test_control_without_turns_and_constraint_all_of_them_get_it(
    live_server, coach, clients, without_turns
):
    open_hours(coach)
    presses = [booking_of(coach, client) for client in clients[:FEWER]]
    without_turns(FEWER)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        answered = press_at_once(live_server.url, presses)

        assert statuses(answered) == {302: FEWER}
        assert live().filter(starts_at=NINE).count() == FEWER


# The client's hour.


def in_two_diaries(coach, other_coach, client, windows):
    """One client's windows, on overlapping times of two coaches in turn."""
    open_hours(coach)
    open_hours(other_coach)
    calendars = [(coach, NINE), (other_coach, NINE + HALF_HOUR)] * (windows // 2)
    return [booking_of(whose, client, starts_at=start) for whose, start in calendars]


def test_a_client_who_books_two_coaches_in_ten_windows_is_in_one_place(
    live_server, coach, other_coach, client_user
):
    presses = in_two_diaries(coach, other_coach, client_user, windows=10)

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 409: 9}
    assert live().count() == 1


def test_control_without_turns_and_constraint_the_client_is_in_two(
    live_server, coach, other_coach, client_user, without_turns
):
    presses = in_two_diaries(coach, other_coach, client_user, windows=2)
    without_turns(2)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, CLIENT):
        press_at_once(live_server.url, presses)

        assert live().filter(client=client_user).count() == 2


# Hold against hold.


def hold_of_a_visitor(coach):
    return Press(f"/book/{coach.slug}/?minutes=60", {"start": NINE.isoformat()})


def test_of_twenty_visitors_who_choose_one_time_one_holds_it(live_server, coach, settings):
    settings.ACCOUNT_RATE_LIMITS = {}  # one network may hold ten
    open_hours(coach)

    answered = press_at_once(live_server.url, [hold_of_a_visitor(coach)] * AT_ONCE)

    assert statuses(answered) == {302: 1, 409: AT_ONCE - 1}
    assert live().get().status == "HELD"


def test_control_without_turns_and_constraint_all_visitors_hold_it(
    live_server, coach, without_turns
):
    open_hours(coach)
    without_turns(FEWER)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        press_at_once(live_server.url, [hold_of_a_visitor(coach)] * FEWER)

        assert live().filter(status="HELD", starts_at=NINE).count() == FEWER


# Move against move.


def moves_to_nine(coach, clients):
    """Sessions of the days after, each about to be moved to Monday at nine."""
    open_hours(coach)
    times = [NINE + DAY * (1 + n // 4) + 2 * (n % 4) * timedelta(hours=1) for n in range(16)]
    moves = []
    for client, starts_at in zip(clients, times, strict=False):
        session = book_session(coach, client, starts_at=starts_at)
        moves.append(move_to_nine(session, client))
    return moves


def move_to_nine(session, by):
    return Press(f"/sessions/{session.uuid}/move/", {"start": NINE.isoformat()}, cookies_of(by))


def test_of_ten_sessions_that_are_moved_to_one_time_one_gets_there(live_server, coach, clients):
    presses = moves_to_nine(coach, clients[:10])

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 409: 9}
    assert live().filter(starts_at=NINE).count() == 1
    assert live().count() == 10


def test_control_without_turns_and_constraint_all_are_moved_there(
    live_server, coach, clients, without_turns
):
    presses = moves_to_nine(coach, clients[:FEWER])
    without_turns(FEWER)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, COACH):
        press_at_once(live_server.url, presses)

        assert live().filter(starts_at=NINE).count() == FEWER


def test_a_clients_sessions_with_two_coaches_are_not_moved_to_one_time(
    live_server, coach, other_coach, client_user
):
    presses = []
    for day, whose in enumerate([coach, other_coach], start=1):
        session = book_session(whose, client_user, starts_at=NINE + day * DAY)
        presses.append(move_to_nine(session, client_user))

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 409: 1}
    assert live().filter(starts_at=NINE).count() == 1


def test_control_without_the_clients_constraint_both_are_moved_there(
    live_server, coach, other_coach, client_user, without_turns
):
    presses = []
    for day, whose in enumerate([coach, other_coach], start=1):
        session = book_session(whose, client_user, starts_at=NINE + day * DAY)
        presses.append(move_to_nine(session, client_user))
    without_turns(2)

    with without_constraints(OccupiedTime, PERSON), without_constraints(CoachingSession, CLIENT):
        press_at_once(live_server.url, presses)

        assert live().filter(starts_at=NINE).count() == 2


# The last session of a programme.


def last_session(coach, client):
    """Ten windows on ten days, for the one session that is left of two."""
    open_hours(coach)
    programme = agreed_programme(coach, client, sessions=2)
    book_session(coach, client, programme=programme, starts_at=NINE + 5 * HALF_HOUR)
    days = [NINE + day * DAY for day in range(14) if day % 7 < 5]
    return [booking_of(coach, client, starts_at=day, programme=programme.uuid) for day in days[:10]]


def test_of_ten_windows_one_books_the_last_session_of_a_programme(live_server, coach, client_user):
    presses = last_session(coach, client_user)

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 200: 9}
    refused = [answer.page for answer in answered if answer.status == 200]
    assert all("You have used all 2 agreed sessions." in page for page in refused)
    assert live().count() == 2


def test_control_without_turns_all_of_them_do(live_server, coach, client_user, without_turns):
    presses = last_session(coach, client_user)[:FEWER]
    without_turns(FEWER, looking="check_booking")

    press_at_once(live_server.url, presses)

    assert live().count() == 1 + FEWER


# The free introduction.


def introductions(coach, client, windows):
    """Windows of one client, each with the introductory conversation on another day."""
    open_hours(coach)
    days = [NINE + day * DAY for day in range(5)][:windows]
    return [booking_of(coach, client, starts_at=day, minutes=30) for day in days]


def test_of_five_windows_one_books_the_free_introduction(live_server, coach, client_user):
    presses = introductions(coach, client_user, windows=5)

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 200: 4}
    assert live().get().price == 0


def test_control_without_turns_all_five_are_free(live_server, coach, client_user, without_turns):
    presses = introductions(coach, client_user, windows=5)
    without_turns(5, looking="check_booking")

    press_at_once(live_server.url, presses)

    assert [session.price for session in live()] == [0] * 5
