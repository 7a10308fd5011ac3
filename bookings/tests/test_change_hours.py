"""The coach's pages for hours, dates, time off and rules."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions, diary
from bookings.models import BookingRules, TimeOff, WeeklyHours
from bookings.tests.scenes import book_session, open_hours
from coaching_portal.testing import NINE

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


@pytest.fixture
def as_coach(signed_in, coach):
    """Django's test client, signed in as the coach."""
    return signed_in(coach.user)


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

    found = diary.open_slots(
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


RULES = {
    "accepts_bookings": "on",
    "lengths": ["60", "90"],
    "offers_video": "on",
    "video_room_url": "https://video.example.org/una",
    "grid_minutes": "15",
    "buffer_minutes": "10",
    "notice_hours": "1.5",
    "horizon_days": "60",
    "most_sessions_a_day": "",
    "most_minutes_a_day": "240",
    "cancellation_notice_hours": "24",
}


def test_rules_are_kept(as_coach, coach):
    as_coach.post(OVERVIEW + "rules/", RULES)

    rules = BookingRules.objects.get(coach=coach)
    assert rules.lengths == [60, 90]
    assert rules.minimum_notice_minutes == 90
    assert rules.most_sessions_a_day is None
    assert rules.most_minutes_a_day == 240
    assert not rules.offers_introduction
    assert 'value="1.5"' in as_coach.get(OVERVIEW + "rules/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lengths": []}, "Choose at least one length."),
        ({"lengths": ["61"]}, "61"),
        ({"offers_video": ""}, "Choose at least one place."),
        ({"video_room_url": "http://video.example.org/una"}, "https://"),
        ({"grid_minutes": "4"}, "Enter 5 or more."),
        ({"grid_minutes": "241"}, "Enter 240 or less."),
        ({"buffer_minutes": "-1"}, "Enter 0 or more."),
        ({"horizon_days": "731"}, "Enter 730 or less."),
        ({"horizon_days": ""}, "Enter a number."),
        ({"most_sessions_a_day": "0"}, "Enter 1 or more."),
        ({"notice_hours": ""}, "Enter the minimum notice in hours."),
        ({"notice_hours": "-1"}, "greater than or equal to 0"),
    ],
)
def test_rules_that_cannot_be_are_refused_in_words(as_coach, coach, changes, words):
    answer = as_coach.post(OVERVIEW + "rules/", RULES | changes)

    assert words in answer.text
    assert not BookingRules.objects.exists()


@pytest.mark.parametrize("address", [OVERVIEW, *FORMS])
def test_the_pages_are_the_coach_s(client, signed_in, coach, stranger, address):
    assert client.get(address).status_code == 302
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(coach.user).get(address).status_code == 200


@pytest.mark.parametrize("address", ["dates/2027-06-07/clear/", "time-off/20270606T230000Z/end/"])
def test_a_get_removes_nothing(as_coach, coach, address):
    assert as_coach.get(OVERVIEW + address).status_code == 405


def test_another_coach_s_time_off_is_out_of_reach(signed_in, coach, make_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    starts_at = datetime(2027, 6, 6, 23, tzinfo=UTC)
    TimeOff.objects.create(coach=coach, starts_at=starts_at, ends_at=NINE)
    address = OVERVIEW + "time-off/20270606T230000Z/"

    assert signed_in(other.user).get(address).status_code == 404
    assert signed_in(other.user).post(address + "end/").status_code == 404
    assert TimeOff.objects.exists()


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
