"""Hours copied from day to day and from week to week, and bank holidays opened."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from bookings import actions
from bookings.actions import HoursUnclear
from bookings.models import BookingRules
from coaching_portal.testing.factories.sessions import open_hours

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
WEEKLY, COPY = "/calendar/hours/weekly/", "/calendar/hours/weeks/copy/"
MONDAY, TUESDAY = date(2027, 6, 7), date(2027, 6, 8)


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def typed(**more):
    return {
        "day0_0_starts": "09:00",
        "day0_0_ends": "12:00",
        "day0_1_starts": "14:00",
        "day0_1_ends": "17:00",
        "day1_0_starts": "10:00",
        "day1_0_ends": "11:00",
    } | more


def test_a_day_is_copied_into_the_form_and_saved_only_then(as_coach, coach):
    answer = as_coach.post(WEEKLY, typed(copy="yes", copy_from="0", copy_to=["1", "4"]))

    days = {day.day: [pair[0].value() for pair in day.pairs] for day in answer.context["form"].days}
    assert days["Monday"] == days["Tuesday"] == days["Friday"] == ["09:00", "14:00"]
    assert "14:00" not in days["Wednesday"]
    assert not coach.weekly_hours.exists()


def test_copying_to_no_day_is_refused_and_keeps_what_was_typed(as_coach, coach):
    answer = as_coach.post(WEEKLY, typed(copy="yes", copy_from="0"))

    assert "Choose at least one day to copy to" in answer.text
    assert 'value="14:00"' in answer.text


def test_locations_are_typed_and_copied_with_their_shift(as_coach, coach):
    BookingRules.objects.create(coach=coach, offers_practice=True)
    data = typed(day0_0_locations=["PRACTICE"], copy="yes", copy_from="0", copy_to=["3"])

    form = as_coach.post(WEEKLY, data).context["form"]

    assert form["day3_0_locations"].value() == ["PRACTICE"]


def test_locations_are_saved_and_all_of_them_are_none(as_coach, coach):
    BookingRules.objects.create(coach=coach, offers_practice=True)
    every = ["VIDEO", "TELEPHONE", "PRACTICE"]

    as_coach.post(WEEKLY, typed(day0_0_locations=["PRACTICE"], day0_1_locations=every))

    kept = coach.weekly_hours.filter(weekday=0).order_by("starts")
    assert [row.locations for row in kept] == [["PRACTICE"], []]
    assert "9am to 12pm (At the practice)" in as_coach.get("/calendar/hours/").text


def test_a_week_is_copied_and_replaces_what_was_set_there(as_coach, coach):
    actions.set_date(coach=coach, date=MONDAY, shifts=[(time(10), time(12), ("VIDEO",))])
    actions.set_date(coach=coach, date=TUESDAY, shifts=[])
    actions.set_date(coach=coach, date=date(2027, 6, 25), shifts=[])

    answer = as_coach.post(COPY, {"copy_from": "2027-06-09", "copy_to": "2027-06-27"})

    assert answer.status_code == 302
    third_week = coach.date_overrides.between(date(2027, 6, 21), date(2027, 6, 27))
    rows = [(row.date, row.starts, row.locations) for row in third_week.order_by("date")]
    assert rows == [
        (date(2027, 6, 21), time(10), ["VIDEO"]),
        (date(2027, 6, 22), None, []),
    ]
    assert coach.date_overrides.filter(date=MONDAY).exists()


@pytest.mark.parametrize(
    ("copy_from", "copy_to", "words"),
    [
        ("2027-06-07", "2027-06-13", "Choose another week to copy to"),
        ("2027-07-05", "2027-06-14", "has no dates with other hours"),
        ("2027-06-07", "2027-05-16", "Enter a date in this week or later"),
        ("", "2027-06-14", "Enter a date in the week to copy"),
    ],
)
def test_what_cannot_be_copied_is_refused_in_words(as_coach, coach, copy_from, copy_to, words):
    actions.set_date(coach=coach, date=MONDAY, shifts=[])

    answer = as_coach.post(COPY, {"copy_from": copy_from, "copy_to": copy_to})

    assert words in answer.text
    assert coach.date_overrides.count() == 1


def test_this_week_may_be_copied_to(as_coach, coach):
    actions.set_date(coach=coach, date=MONDAY, shifts=[])

    as_coach.post(COPY, {"copy_from": "2027-06-07", "copy_to": "2027-05-17"})

    assert coach.date_overrides.filter(date=date(2027, 5, 17)).exists()


def test_bank_holidays_are_listed_and_opened_with_the_hours_of_the_day(as_coach, coach):
    open_hours(coach)
    page = as_coach.get("/calendar/hours/").text
    assert "Late Summer Bank Holiday" in page
    assert "Monday 30 August 2027" in page

    as_coach.post("/calendar/hours/dates/2027-08-30/open/")

    row = coach.date_overrides.get(date=date(2027, 8, 30))
    assert (row.starts, row.ends) == (time(9), time(17))


def test_a_bank_holiday_on_a_closed_weekday_needs_its_own_hours(as_coach, coach):
    open_hours(coach)

    answer = as_coach.post("/calendar/hours/dates/2027-12-26/open/", follow=True)

    assert "You have no hours on a Sunday" in answer.text
    assert not coach.date_overrides.exists()


def test_own_hours_of_a_bank_holiday_begin_with_its_date(as_coach, coach):
    answer = as_coach.get("/calendar/hours/dates/new/?date=2027-08-30")

    assert 'value="2027-08-30"' in answer.text


def test_the_action_wants_mondays(coach):
    with pytest.raises(HoursUnclear, match="starts on a Monday"):
        actions.copy_week(coach=coach, monday=TUESDAY, to_monday=MONDAY)
