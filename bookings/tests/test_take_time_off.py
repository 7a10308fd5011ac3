"""The coach takes time off, and sees what is booked in it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bookings.models import TimeOff
from coaching_portal.testing.factories.sessions import book_session
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
OVERVIEW = "/calendar/hours/"


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def test_time_off_is_wall_time_in_the_coach_s_zone(as_coach, coach):
    data = {"starts_on": "2027-06-07", "starts": "12:30", "ends_on": "2027-06-08", "ends": "17:00"}

    as_coach.post(OVERVIEW + "time-off/new/", data)

    period = coach.time_off.get()
    assert period.starts_at == datetime(2027, 6, 7, 11, 30, tzinfo=UTC)
    assert period.ends_at == datetime(2027, 6, 8, 16, tzinfo=UTC)


def test_time_off_without_times_is_whole_days(as_coach, coach):
    as_coach.post(OVERVIEW + "time-off/new/", {"starts_on": "2027-06-07", "ends_on": "2027-06-07"})

    period = coach.time_off.get()
    assert period.starts_at == datetime(2027, 6, 6, 23, tzinfo=UTC)
    assert period.ends_at == datetime(2027, 6, 7, 23, tzinfo=UTC)


def test_time_off_covers_both_hours_that_autumn_repeats(as_coach, coach):
    data = {"starts_on": "2027-10-31", "starts": "01:30", "ends_on": "2027-10-31", "ends": "01:30"}

    as_coach.post(OVERVIEW + "time-off/new/", data)

    period = coach.time_off.get()
    assert period.ends_at - period.starts_at == timedelta(hours=1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ends_on": "2027-06-07"}, "Monday 7 June 2027, all day"),
        ({"ends_on": "2027-06-08"}, "Monday 7 June 2027 to Tuesday 8 June 2027, whole days"),
        ({"ends_on": "2027-06-07", "ends": "12:00"}, "Monday 7 June 2027, 12am to 12pm"),
    ],
)
def test_time_off_is_read_without_midnights(as_coach, given, words):
    as_coach.post(OVERVIEW + "time-off/new/", {"starts_on": "2027-06-07"} | given)

    assert words in as_coach.get(OVERVIEW).text


def test_time_off_can_be_changed_in_place_and_removed(as_coach, coach):
    as_coach.post(OVERVIEW + "time-off/new/", {"starts_on": "2027-06-07", "ends_on": "2027-06-07"})
    address = OVERVIEW + "time-off/20270606T230000Z/"

    assert 'value="2027-06-07"' in as_coach.get(address).text
    as_coach.post(
        address, {"starts_on": "2027-06-07", "ends_on": "2027-06-09", "reason": "Conference"}
    )

    assert coach.time_off.get().ends_at == datetime(2027, 6, 9, 23, tzinfo=UTC)
    assert "Conference" in as_coach.get(OVERVIEW).text
    as_coach.post(address + "end/")
    assert not coach.time_off.exists()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starts_on": ""}, "Enter the first day."),
        ({"ends_on": ""}, "Enter the last day."),
        ({"ends_on": "2027-06-06"}, "The end must come after the beginning."),
        ({"starts": "10:00", "ends": "10:00"}, "The end must come after the beginning."),
        ({"starts_on": "2027-05-01", "ends_on": "2027-05-19"}, "still to come"),
        ({"starts": "25:00"}, "Enter a time such as 09:30."),
    ],
)
def test_time_off_that_cannot_be_is_refused_in_words(as_coach, coach, changes, words):
    data = {"starts_on": "2027-06-07", "ends_on": "2027-06-07"} | changes

    assert words in as_coach.post(OVERVIEW + "time-off/new/", data).text
    assert not coach.time_off.exists()


def test_booked_sessions_in_time_off_are_shown_and_stay(as_coach, coach, client_user):
    session = book_session(coach, client_user)
    data = {"starts_on": "2027-06-07", "ends_on": "2027-06-07"}

    answer = as_coach.post(OVERVIEW + "time-off/new/", data, follow=True)

    assert "1 session is still booked in that time" in answer.text
    assert f"/sessions/{session.uuid}/" in answer.text
    session.refresh_from_db()
    assert session.is_booked


def test_another_coach_s_time_off_is_out_of_reach(signed_in, coach, make_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    starts_at = datetime(2027, 6, 6, 23, tzinfo=UTC)
    TimeOff.objects.create(coach=coach, starts_at=starts_at, ends_at=NINE)
    address = OVERVIEW + "time-off/20270606T230000Z/"

    assert signed_in(other.user).get(address).status_code == 404
    assert signed_in(other.user).post(address + "end/").status_code == 404
    assert TimeOff.objects.exists()
