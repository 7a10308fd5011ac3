"""The coach's pages for hours, dates, time off and rules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.availability import slot_queries
from bookings.models import TimeOff, WeeklyHours
from coaching_portal.testing.factories.sessions import book_session, open_hours
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
OVERVIEW = "/calendar/hours/"
FORMS = [
    OVERVIEW + "weekly/",
    OVERVIEW + "dates/new/",
    OVERVIEW + "time-off/new/",
    OVERVIEW + "rules/",
]


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def week(**shifts):
    """A whole week's form: two rows a day, monday=[("09:00", "12:30")]."""
    names = [label.lower() for label in WeeklyHours.Weekday.labels]
    data = {}
    for weekday, name in enumerate(names):
        given = [*shifts.get(name, []), ("", ""), ("", "")][: max(2, len(shifts.get(name, [])))]
        for number, (starts, ends) in enumerate(given):
            data[f"day{weekday}_{number}_starts"] = starts
            data[f"day{weekday}_{number}_ends"] = ends
    return data


def stored(coach):
    rows = coach.weekly_hours.order_by("weekday", "starts")
    return [(row.weekday, f"{row.starts:%H:%M}", f"{row.ends:%H:%M}") for row in rows]


def test_several_shifts_a_day_are_kept(as_coach, coach):
    data = week(monday=[("09:00", "12:30"), ("13:30", "17:00")], tuesday=[("18:00", "00:00")])

    answer = as_coach.post(OVERVIEW + "weekly/", data)

    assert answer.status_code == 302
    assert stored(coach) == [
        (0, "09:00", "12:30"),
        (0, "13:30", "17:00"),
        (1, "18:00", "00:00"),
    ]


def test_clearing_both_times_removes_a_shift(as_coach, coach):
    as_coach.post(OVERVIEW + "weekly/", week(monday=[("09:00", "12:30"), ("13:30", "17:00")]))

    as_coach.post(OVERVIEW + "weekly/", week(monday=[("", ""), ("13:30", "17:30")]))

    assert stored(coach) == [(0, "13:30", "17:30")]


@pytest.mark.parametrize(
    ("shifts", "words"),
    [
        ([("09:00", "12:30"), ("12:00", "17:00")], "9am to 12:30pm and 12pm to 5pm overlap"),
        ([("18:00", "00:00"), ("23:00", "23:30")], "overlap"),
        ([("12:00", "09:00")], "12pm to 9am ends before it starts"),
        ([("09:00", "09:00")], "ends before it starts"),
        ([("09:00", "")], "enter when the shift ends"),
        ([("", "17:00")], "enter when the shift starts"),
        ([("9 o’clock", "17:00")], "Enter a time such as 09:30"),
    ],
)
def test_shifts_that_cannot_be_are_refused_in_words(as_coach, coach, shifts, words):
    answer = as_coach.post(OVERVIEW + "weekly/", week(monday=shifts))

    assert answer.status_code == 200
    assert "<title>Error: " in answer.text
    assert words in answer.text
    assert stored(coach) == []


def test_shifts_that_touch_are_fine(as_coach, coach):
    as_coach.post(OVERVIEW + "weekly/", week(monday=[("09:00", "12:00"), ("12:00", "17:00")]))

    assert len(stored(coach)) == 2


def test_a_row_can_be_added_by_saving(as_coach, coach):
    for number in range(3):
        WeeklyHours.objects.create(
            coach=coach, weekday=0, starts=time(9 + 2 * number), ends=time(10 + 2 * number)
        )

    answer = as_coach.get(OVERVIEW + "weekly/")

    assert 'name="day0_3_starts"' in answer.text
    assert 'name="day0_4_starts"' not in answer.text


def test_the_action_refuses_what_a_form_would(coach):
    with pytest.raises(actions.HoursUnclear, match="overlap"):
        actions.set_weekly_hours(
            coach=coach, shifts={0: [(time(9), time(12)), (time(11), time(13))]}
        )


def test_other_hours_on_a_date_replace_the_week_s(as_coach, coach):
    open_hours(coach)
    data = {
        "date": "2027-06-07",
        "kind": "open",
        "shift_0_starts": "14:00",
        "shift_0_ends": "16:00",
        "shift_1_starts": "",
        "shift_1_ends": "",
    }

    as_coach.post(OVERVIEW + "dates/new/", data)

    found = slot_queries.open_slots(
        coach, minutes=60, since=NINE, until=NINE + timedelta(hours=12), at=NOW
    )
    assert found[0] == NINE + timedelta(hours=5)
    assert "2pm to 4pm" in as_coach.get(OVERVIEW).text


def test_a_closed_date_ignores_the_times(as_coach, coach):
    data = {"date": "2027-06-07", "kind": "closed", "shift_0_starts": "", "shift_0_ends": ""}

    as_coach.post(OVERVIEW + "dates/new/", data)

    row = coach.date_overrides.get()
    assert (row.date, row.starts) == (date(2027, 6, 7), None)


def test_a_date_can_be_changed_moved_and_given_back(as_coach, coach):
    actions.set_date(coach=coach, date=date(2027, 6, 7), shifts=[])
    address = OVERVIEW + "dates/2027-06-07/"
    data = {
        "date": "2027-06-08",
        "kind": "open",
        "shift_0_starts": "10:00",
        "shift_0_ends": "11:00",
    }

    as_coach.post(address, data)
    assert [str(row) for row in coach.date_overrides.all()] == ["2027-06-08 10:00 to 11:00"]

    as_coach.post(OVERVIEW + "dates/2027-06-08/clear/")
    assert not coach.date_overrides.exists()
    assert as_coach.get(address).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date": ""}, "Enter the date."),
        ({"date": "2027-05-19"}, "Enter a date from today on."),
        ({"kind": ""}, "Choose whether you are closed"),
        ({"shift_0_starts": "", "shift_0_ends": ""}, "Enter the hours of this date."),
    ],
)
def test_a_date_is_asked_for_in_words(as_coach, coach, changes, words):
    data = {
        "date": "2027-05-20",
        "kind": "open",
        "shift_0_starts": "10:00",
        "shift_0_ends": "11:00",
    }

    assert words in as_coach.post(OVERVIEW + "dates/new/", data | changes).text
    assert not coach.date_overrides.exists()

    as_coach.post(OVERVIEW + "dates/new/", data)
    assert coach.date_overrides.exists()


@pytest.mark.parametrize("address", [OVERVIEW, *FORMS])
def test_the_pages_are_the_coach_s(client, signed_in, coach, stranger, address):
    assert client.get(address).status_code == 302
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(coach.user).get(address).status_code == 200


@pytest.mark.parametrize("address", ["dates/2027-06-07/clear/", "time-off/20270606T230000Z/end/"])
def test_a_get_removes_nothing(as_coach, coach, address):
    assert as_coach.get(OVERVIEW + address).status_code == 405


def test_the_overview_takes_the_same_queries_with_much_in_it(
    as_coach, coach, client_user, django_assert_num_queries
):
    def fill(weeks):
        for number in weeks:
            starts_at = NINE + timedelta(days=7 * number)
            end = starts_at + timedelta(days=2)
            TimeOff.objects.create(coach=coach, starts_at=starts_at, ends_at=end)
            actions.set_date(coach=coach, date=date(2027, 7, 1 + number), shifts=[])

    book_session(coach, client_user)
    fill([0])
    as_coach.get(OVERVIEW)  # what every page asks once is then in the cache
    with CaptureQueriesContext(connection) as few:
        as_coach.get(OVERVIEW)
    fill(range(1, 12))

    with django_assert_num_queries(len(few)):
        as_coach.get(OVERVIEW)
