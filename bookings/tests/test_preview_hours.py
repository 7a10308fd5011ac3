"""Before she saves, a coach sees what clients would be offered; nothing is changed by it."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from bookings.models import BookingRules, DateOverride, TimeOff, WeeklyHours
from coaching_portal.testing.factories.sessions import open_hours

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 6, 6, 12, tzinfo=UTC)  # a Sunday
OVERVIEW = "/calendar/hours/"


@pytest.fixture(autouse=True)
def _in_june():
    with time_machine.travel(NOW, tick=False):
        yield


def seen(answer):
    """{location: {day of June: times}}"""
    return {
        place: {day.date.day: day.times for day in days}
        for place, days in answer.context["preview"].places
    }


def test_weekly_hours_as_typed_and_none_saved(as_coach, coach):
    BookingRules.objects.create(coach=coach, grid_minutes=60)
    week = {"day1_0_starts": "09:00", "day1_0_ends": "11:00", "preview": "yes"}

    answer = as_coach.post(OVERVIEW + "weekly/", week)

    assert seen(answer) == {"": {8: ["9am", "10am"], 15: ["9am", "10am"]}}
    assert not WeeklyHours.objects.exists()
    assert 'value="11:00"' in answer.text


def test_each_location_apart_where_they_differ(as_coach, coach):
    rules = {"grid_minutes": 60, "offers_practice": True, "offers_telephone": False}
    BookingRules.objects.create(coach=coach, **rules)
    week = {"day1_0_starts": "09:00", "day1_0_ends": "10:00", "day1_0_locations": ["PRACTICE"]}

    answer = as_coach.post(OVERVIEW + "weekly/", week | {"preview": "yes"})

    assert seen(answer) == {"Video call": {}, "At the practice": {8: ["9am"], 15: ["9am"]}}


def test_other_hours_on_a_date(as_coach, coach):
    open_hours(coach)
    given = {"date": "2027-06-08", "kind": "closed", "preview": "yes"}

    days = seen(as_coach.post(OVERVIEW + "dates/new/", given))[""]

    assert 9 in days
    assert 8 not in days
    assert not DateOverride.objects.exists()


def test_time_off(as_coach, coach):
    open_hours(coach)
    given = {"starts_on": "2027-06-08", "ends_on": "2027-06-09", "preview": "yes"}

    days = seen(as_coach.post(OVERVIEW + "time-off/new/", given))[""]

    assert sorted(days) == [7, 10, 11, 14, 15, 16, 17, 18]
    assert not TimeOff.objects.exists()


def test_time_off_of_every_year_counts_in_this_one(as_coach, coach):
    open_hours(coach)
    given = {"starts_on": "2020-06-08", "ends_on": "2020-06-09", "recurrence": "YEARLY"}

    days = seen(as_coach.post(OVERVIEW + "time-off/new/", given | {"preview": "yes"}))[""]

    assert 8 not in days
    assert 10 in days


def test_rules_as_typed_keep_what_is_stored(as_coach, coach):
    open_hours(coach)
    rules = {"accepts_bookings": "on", "lengths": ["60", "90"], "offers_video": "on"}
    numbers = {"grid_minutes": "240", "buffer_minutes": "10", "notice_hours": "1.5"}
    limits = {"horizon_days": "60", "cancellation_notice_hours": "24", "preview": "yes"}

    days = seen(as_coach.post(OVERVIEW + "rules/", rules | numbers | limits))[""]

    assert days[8] == ["9am", "1pm"]
    assert BookingRules.objects.get(coach=coach).grid_minutes == 30


def test_what_is_wrong_is_said_and_nothing_shown(as_coach, coach):
    week = {"day1_0_starts": "09:00", "day1_0_ends": "08:00", "preview": "yes"}

    answer = as_coach.post(OVERVIEW + "weekly/", week)

    assert "ends before it starts" in answer.text
    assert "preview" not in answer.context


def test_closed_for_bookings_shows_no_times(as_coach, coach):
    open_hours(coach, accepts_bookings=False)
    week = {"day1_0_starts": str(time(9))[:5], "day1_0_ends": "11:00", "preview": "yes"}

    assert "No times in the next two weeks" in as_coach.post(OVERVIEW + "weekly/", week).text
