"""A shift may be for some locations only: everything that offers or accepts a time agrees."""

from datetime import time, timedelta

import pytest
import time_machine
from django.db import IntegrityError

from bookings import actions
from bookings.actions import NotOffered
from bookings.actions.booking_request import BookingRequest
from bookings.availability import slot_queries
from bookings.models import BookingRules, WeeklyHours
from bookings.presenters import picker
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, accepted
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VIDEO, PRACTICE = "VIDEO", "PRACTICE"
AT_PRACTICE, BY_VIDEO = NINE, NINE + 3 * DAY  # Monday and Thursday


@pytest.fixture
def coach(coach):
    """Monday mornings at the practice only, Thursdays by video only."""
    BookingRules.objects.create(coach=coach, grid_minutes=60, offers_practice=True)
    add_hours(coach, 0, 9, 12, [PRACTICE])
    add_hours(coach, 3, 9, 12, [VIDEO])
    return coach


def add_hours(coach, weekday, starts, ends, locations):
    WeeklyHours.objects.create(
        coach=coach, weekday=weekday, starts=time(starts), ends=time(ends), locations=locations
    )


def starts(coach, location="", minutes=60):
    return slot_queries.open_slots(
        coach,
        minutes=minutes,
        since=NINE - HOUR,
        until=NINE + 5 * DAY,
        at=WEEKS_AHEAD,
        location=location,
    )


def book(coach, client, starts_at, location):
    return actions.book(
        booking_request=BookingRequest(coach, starts_at, 60, location=location),
        client=client,
        by=client,
        at=WEEKS_AHEAD,
        details=accepted(coach),
    )


def test_a_time_is_offered_for_the_locations_of_its_shift(coach):
    monday = [AT_PRACTICE + number * HOUR for number in range(3)]
    thursday = [BY_VIDEO + number * HOUR for number in range(3)]

    assert starts(coach, PRACTICE) == monday
    assert starts(coach, VIDEO) == thursday
    assert starts(coach) == monday + thursday


def test_a_shift_without_locations_has_them_all(coach):
    add_hours(coach, 4, 9, 10, [])

    assert NINE + 4 * DAY in starts(coach, PRACTICE)
    assert NINE + 4 * DAY in starts(coach, VIDEO)


def test_a_session_does_not_run_from_one_location_s_shift_into_another_s(coach):
    add_hours(coach, 0, 12, 13, [VIDEO])

    assert AT_PRACTICE + 2 * HOUR not in starts(coach, minutes=120)
    assert AT_PRACTICE + HOUR in starts(coach, minutes=120)


def test_the_check_of_a_booking_agrees(coach, client_user):
    with pytest.raises(NotOffered):
        book(coach, client_user, AT_PRACTICE, VIDEO)

    assert book(coach, client_user, AT_PRACTICE, PRACTICE).location == PRACTICE


def test_moving_keeps_to_the_session_s_location(coach, client_user):
    session = book(coach, client_user, AT_PRACTICE, PRACTICE)
    ask = {"session": session, "by": client_user, "at": WEEKS_AHEAD}

    with pytest.raises(NotOffered):
        actions.move(starts_at=BY_VIDEO, **ask)

    actions.move(starts_at=AT_PRACTICE + HOUR, **ask)


def test_the_nearest_times_are_of_the_same_location(coach):
    found = picker.nearest(
        coach,
        starts_at=AT_PRACTICE,
        minutes=60,
        zone="Europe/London",
        at=WEEKS_AHEAD,
        location=VIDEO,
    )

    assert {slot.starts_at.isoweekday() for slot in found} == {4}


def test_the_picker_shows_the_days_of_the_chosen_location(client, coach, weeks_ahead):
    page = f"/book/{coach.slug}/?minutes=60&location={{}}&date=2027-06-07"

    assert AT_PRACTICE.isoformat() in client.get(page.format(PRACTICE)).text
    assert AT_PRACTICE.isoformat() not in client.get(page.format(VIDEO)).text


def test_times_json_asks_by_location(client, coach, weeks_ahead):
    question = {"minutes": 60, "from": "2027-06-07", "to": "2027-06-11"}
    page = f"/book/{coach.slug}/times.json"

    of_practice = client.get(page, question | {"location": PRACTICE}).json()
    of_any = client.get(page, question).json()
    refused = client.get(page, question | {"location": "WORKPLACE"})

    assert {each[:10] for each in of_practice["times"]} == {"2027-06-07"}
    assert {each[:10] for each in of_any["times"]} == {"2027-06-07", "2027-06-10"}
    assert refused.status_code == 400


def test_the_database_knows_the_locations(coach):
    with pytest.raises(IntegrityError, match="bookings_weekly_hours_know_their_locations"):
        add_hours(coach, 5, 9, 10, ["MOON"])


def test_the_times_on_the_first_page_can_be_booked_as_they_are_linked(client, coach):
    """The link names no location: the usual one, by video, is meant."""
    with time_machine.travel(NINE - 3 * DAY, tick=False):
        shown = client.get("/").context["times"]
        pages = [
            client.get(f"/book/{coach.slug}/details/", {"minutes": 30, "start": start.isoformat()})
            for start in shown
        ]

    assert {start.isoweekday() for start in shown} == {4}
    assert all(page.status_code == 200 for page in pages)
    assert not any("no longer free" in page.text for page in pages)
