"""A person who coaches and is coached is in one place, whatever the role."""

import importlib
from datetime import timedelta

import pgtrigger
import pytest
from django.apps import apps

from bookings import actions
from bookings.actions import checks
from bookings.actions.booking_request import BookingRequest
from bookings.availability import slot_queries
from bookings.models import CoachingSession, OccupiedTime
from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    answers,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import (
    Press,
    at_once,
    cookies_of,
    hold_at,
    press_at_once,
    statuses,
    without_constraints,
)
from profiles.models import Coach

HALF_HOUR, HOUR = timedelta(minutes=30), timedelta(hours=1)
PERSON = "bookings_person_is_in_one_place"

pytestmark = pytest.mark.django_db


@pytest.fixture
def other_coach(make_user):
    user = make_user("coach2@example.org", name="Olu Other")
    other = Coach.objects.create(user=user, slug="olu-other", is_public=True)
    open_hours(other)
    return other


@pytest.fixture
def coach(coach):
    """Coaches, and is coached by the other coach."""
    open_hours(coach)
    return coach


@pytest.fixture
def trainee(make_user):
    return make_user("trainee@example.org")


def starts(coach, *, client=None, minutes=60):
    until = NINE + 8 * HOUR
    requester = slot_queries.Requester(client=client)
    return slot_queries.open_slots(
        coach, minutes=minutes, since=NINE, until=until, at=WEEKS_AHEAD, requester=requester
    )


def book(coach, client, *, by=None, starts_at=NINE, outside_hours=False):
    return actions.book(
        booking_request=BookingRequest(coach, starts_at, 60, outside_hours=outside_hours),
        client=client,
        by=by or client,
        at=WEEKS_AHEAD,
        details=accepted(coach),
    )


def live():
    return CoachingSession.objects.live()


def occupied_by(user):
    periods = OccupiedTime.objects.filter(person=user).values_list("period", flat=True)
    return sorted((period.lower, period.upper) for period in periods)


# What is offered.


def test_a_coach_is_not_offered_while_another_coach_has_her(coach, other_coach, trainee):
    book_session(other_coach, coach.user, starts_at=NINE + HOUR)

    assert starts(coach)[:2] == [NINE, NINE + 2 * HOUR]
    assert starts(coach, client=trainee)[:2] == [NINE, NINE + 2 * HOUR]


def test_a_client_is_not_offered_the_hours_in_which_she_coaches(coach, other_coach, trainee):
    book_session(coach, trainee, starts_at=NINE + HOUR)

    assert starts(other_coach, client=coach.user)[:2] == [NINE, NINE + 2 * HOUR]
    assert starts(other_coach, client=trainee)[:2] == [NINE, NINE + 2 * HOUR]
    assert starts(other_coach)[:3] == [NINE, NINE + HALF_HOUR, NINE + HOUR]


def test_a_cancelled_session_frees_both_people(coach, other_coach, trainee):
    session = book_session(coach, trainee, starts_at=NINE)
    actions.cancel(session=session, by=trainee, at=WEEKS_AHEAD)

    assert starts(other_coach, client=coach.user)[0] == NINE
    assert occupied_by(coach.user) == occupied_by(trainee) == []
    assert book(other_coach, coach.user)


# What is accepted: the same.


def test_a_coach_cannot_be_booked_while_she_is_coached(coach, other_coach, trainee):
    book_session(other_coach, coach.user)

    for starts_at in (NINE - HALF_HOUR, NINE, NINE + HALF_HOUR):
        with pytest.raises(Refusal):
            book(coach, trainee, starts_at=starts_at)
    with pytest.raises(actions.TimeTaken, match="has just been taken"):
        book(coach, trainee)
    assert book(coach, trainee, starts_at=NINE + HOUR)


def test_a_client_cannot_book_while_she_coaches(coach, other_coach, trainee):
    book_session(coach, trainee)

    with pytest.raises(actions.ClientIsBusy, match="already has a session at that time"):
        book(other_coach, coach.user, starts_at=NINE + HALF_HOUR)
    assert book(other_coach, coach.user, starts_at=NINE + HOUR)


def test_a_coachs_buffer_may_be_spent_as_a_client(coach, other_coach, trainee):
    open_hours(coach, buffer_minutes=30)
    book_session(coach, trainee)

    assert book(other_coach, coach.user, starts_at=NINE + HOUR)


def test_outside_her_hours_a_coach_is_in_one_place_too(coach, other_coach, trainee):
    book_session(other_coach, coach.user)

    with pytest.raises(actions.TimeTaken, match="The coach or the client already has a session"):
        book(coach, trainee, by=coach.user, outside_hours=True)


def test_a_session_is_not_moved_to_where_its_coach_is_coached(coach, other_coach, trainee):
    session = book_session(coach, trainee, starts_at=NINE + 2 * HOUR)
    book_session(other_coach, coach.user)

    with pytest.raises(actions.TimeTaken):
        actions.move(session=session, starts_at=NINE, by=trainee, at=WEEKS_AHEAD)
    moved = actions.move(session=session, starts_at=NINE + HOUR, by=trainee, at=WEEKS_AHEAD)
    assert occupied_by(trainee) == [(moved.starts_at, moved.ends_at)]


def test_holds_that_have_run_out_stand_in_nobodys_way(coach, other_coach, trainee):
    """On the calendar of the client who coaches, and for the coach who is a client."""
    later = WEEKS_AHEAD + HOUR
    actions.hold(
        booking_request=BookingRequest(coach, NINE, 60), at=WEEKS_AHEAD, visitor_key="a visitor"
    )
    actions.hold(
        booking_request=BookingRequest(other_coach, NINE + HOUR, 60),
        at=WEEKS_AHEAD,
        visitor_key="x",
        client=coach.user,
    )

    for whose, client, starts_at in (
        (other_coach, coach.user, NINE),
        (coach, trainee, NINE + HOUR),
    ):
        assert actions.book(
            booking_request=BookingRequest(whose, starts_at, 60),
            client=client,
            by=client,
            at=later,
            details=accepted(whose),
        )


# Competing calls.


def in_both_roles(coach, other_coach, make_user, number_of_requests):
    """Half of them book the coach; the coach herself books another, half an hour later."""
    presses = []
    for number in range(number_of_requests // 2):
        client = make_user(f"client{number}@example.org")
        presses += [
            Press(details_url(coach, NINE), answers(coach), cookies_of(client)),
            Press(
                details_url(other_coach, NINE + HALF_HOUR),
                answers(other_coach),
                cookies_of(coach.user),
            ),
        ]
    return presses


@pytest.mark.django_db(transaction=True)
def test_of_twenty_requests_for_a_person_in_both_roles_one_is_booked(
    live_server, coach, other_coach, make_user, time_machine
):
    time_machine.move_to(WEEKS_AHEAD)
    presses = in_both_roles(coach, other_coach, make_user, 20)

    answered = press_at_once(live_server.url, presses)

    assert statuses(answered) == {302: 1, 409: 19}
    assert live().count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_constraint_alone_keeps_the_person_in_one_place(
    coach, other_coach, trainee, monkeypatch
):
    hold_at(monkeypatch, checks, "check_offer", 2)

    answered = at_once([lambda: book(coach, trainee), lambda: book(other_coach, coach.user)])

    assert sorted(type(answer).__name__ for answer in answered) == [
        "CoachingSession",
        "PersonIsBusy",
    ]


@pytest.mark.django_db(transaction=True)
def test_control_without_the_persons_constraint_she_is_in_two(
    coach, other_coach, trainee, monkeypatch
):
    hold_at(monkeypatch, checks, "check_offer", 2)

    with without_constraints(OccupiedTime, PERSON):
        at_once([lambda: book(coach, trainee), lambda: book(other_coach, coach.user)])

        assert [session.starts_at for session in live()] == [NINE, NINE]


@pytest.mark.django_db(transaction=True)
def test_two_who_coach_each_other_are_not_booked_crosswise(coach, other_coach, monkeypatch):
    hold_at(monkeypatch, checks, "check_offer", 2)

    answered = at_once(
        [lambda: book(coach, other_coach.user), lambda: book(other_coach, coach.user)]
    )

    assert live().count() == 1
    assert sum(isinstance(answer, actions.TimeTaken) for answer in answered) == 1


# Sessions from before.


def fill():
    module = "bookings.migrations.0007_occupy_times_of_booked_sessions"
    importlib.import_module(module).fill(apps, None)


@pytest.mark.django_db(transaction=True)
def test_sessions_from_before_occupy_their_times(coach, other_coach, trainee):
    kept = book_session(coach, trainee)
    gone = book_session(coach, trainee, starts_at=NINE + 2 * HOUR)
    actions.cancel(session=gone, by=trainee, at=WEEKS_AHEAD)
    OccupiedTime.objects.all().delete()

    fill()
    fill()

    assert occupied_by(coach.user) == occupied_by(trainee) == [(kept.starts_at, kept.ends_at)]


@pytest.mark.django_db(transaction=True)
def test_somebody_who_is_in_two_places_already_can_end_that(coach, other_coach, trainee):
    first = book_session(coach, trainee)
    second = book_session(other_coach, trainee, starts_at=NINE + HOUR)
    CoachingSession.objects.filter(pk=second.pk).update(client=coach.user)
    OccupiedTime.objects.all().delete()
    with pgtrigger.ignore("bookings.CoachingSession:bookings_occupied_time_is_kept"):
        CoachingSession.objects.filter(pk=second.pk).update(starts_at=NINE, ends_at=NINE + HOUR)

    fill()

    assert occupied_by(coach.user) == [(NINE, NINE + HOUR)]
    assert occupied_by(other_coach.user) == [(NINE, NINE + HOUR)]
    second.refresh_from_db()
    after = NINE + 2 * HOUR
    moved = actions.move(session=second, starts_at=after, by=coach.user, at=WEEKS_AHEAD)
    assert occupied_by(coach.user) == [(NINE, NINE + HOUR), (after, after + HOUR)]
    actions.confirm(session=moved, by=other_coach.user, at=NINE + 4 * HOUR)
    actions.confirm(session=first, by=coach.user, at=NINE + 4 * HOUR)
