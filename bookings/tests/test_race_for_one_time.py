"""One time, wanted at one moment by an offer, a walk-in, a series and a coach's drag."""

from datetime import time, timedelta

import pytest

from bookings import actions
from bookings.actions import earlier_times, locking
from bookings.actions.booking_request import BookingRequest
from bookings.actions.earlier_times import Suitable
from bookings.actions.series import SeriesRequest
from bookings.availability import slot_queries
from bookings.models import CoachingSession, OccupiedTime
from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at, without_constraints

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
COACH, CLIENT = "bookings_coach_is_in_one_place", "bookings_client_is_in_one_place"
PERSON = "bookings_person_is_in_one_place"
LATER = NINE + 2 * WEEK


@pytest.fixture
def wanted(coach, make_user):
    """Calls that all want NINE, by name; it is the only free time until the day of LATER."""
    open_hours(coach)
    clients = {name: make_user(f"{name}@example.org") for name in ("line", "walk-in", "drag")}
    programme = agreed_programme(coach, make_user("series@example.org"))
    waiting = book_session(coach, clients["line"], starts_at=LATER)
    dragged = book_session(coach, clients["drag"], starts_at=LATER + HOUR)
    for start, end in ((WEEKS_AHEAD, NINE), (NINE + HOUR, LATER.replace(hour=0))):
        actions.take_time_off(coach=coach, starts_at=start, ends_at=end)
    wish = earlier_times.wish_for_earlier_time(
        client=clients["line"],
        coach=coach,
        session=waiting,
        minutes=60,
        location="VIDEO",
        suitable=Suitable(
            weekdays=[0, 1, 2, 3, 4],
            from_time=time(9),
            until_time=time(17),
            first_on=WEEKS_AHEAD.date(),
            last_on=LATER.date(),
        ),
        at=WEEKS_AHEAD,
    )
    series = SeriesRequest(programme, [NINE, LATER + 2 * HOUR], "VIDEO")
    return {
        "offer": lambda: earlier_times.offer_to(wish=wish, at=WEEKS_AHEAD),
        "walk-in": lambda: actions.book(
            booking_request=BookingRequest(coach, NINE, 60),
            client=clients["walk-in"],
            by=clients["walk-in"],
            at=WEEKS_AHEAD,
            details=accepted(coach),
        ),
        "series": lambda: actions.book_series(
            series_request=series, by=programme.client, at=WEEKS_AHEAD
        ),
        "drag": lambda: actions.move(
            session=dragged, starts_at=NINE, by=coach.user, at=WEEKS_AHEAD
        ),
    }


def at_nine():
    return CoachingSession.objects.live().filter(starts_at=NINE).count()


@pytest.mark.parametrize("turn", range(4))
def test_one_has_it_and_the_others_are_told(wanted, turn):
    names = [*wanted][turn:] + [*wanted][:turn]  # whoever comes first by a hair

    answers = dict(zip(names, at_once([wanted[name] for name in names]), strict=True))

    assert at_nine() == 1
    told = {name for name, answer in answers.items() if isinstance(answer, Refusal)}
    faults = [each for each in answers.values() if isinstance(each, Exception)]
    assert len(faults) == len(told)  # nothing but refusals
    # An offer that finds the time gone is simply not made: nobody waits for an answer.
    is_offered = CoachingSession.objects.filter(starts_at=NINE, status="HELD").exists()
    assert len(told) == (3 if is_offered else 2)


def test_two_drags_to_one_time(coach, wanted, make_user):
    other = book_session(coach, make_user("other@example.org"), starts_at=LATER + 3 * HOUR)
    second = lambda: actions.move(  # noqa: E731
        session=other, starts_at=NINE, by=coach.user, at=WEEKS_AHEAD
    )

    answers = at_once([wanted["drag"], second])

    assert at_nine() == 1
    assert [type(each) for each in answers if isinstance(each, Exception)] == [actions.TimeTaken]


def test_control_without_locks_and_constraints_two_have_it(wanted, monkeypatch):
    monkeypatch.setattr(locking, "lock_coach", lambda coach: coach)
    monkeypatch.setattr(locking, "lock_client", lambda client: client)
    hold_at(monkeypatch, slot_queries, "open_slots", 2)

    with (
        without_constraints(CoachingSession, COACH, CLIENT),
        without_constraints(OccupiedTime, PERSON),
    ):
        at_once([wanted["walk-in"], wanted["drag"]])

        assert at_nine() == 2
