"""The times of a day by morning, afternoon and evening, few enough of them to choose from."""

from datetime import UTC, datetime, timedelta

import pytest

from bookings.presenters import picker

LONDON = "Europe/London"
MIDNIGHT = datetime(2027, 1, 11, tzinfo=UTC)
AUTUMN = datetime(2027, 10, 31, tzinfo=UTC)  # 1am in London, and at 01:00 UTC it is 1am again
MOST = picker.MOST_CONTROLS


def slots(*clocks):
    hours_and_minutes = (clock.split(":") for clock in clocks)
    return [
        picker.Slot(MIDNIGHT + timedelta(hours=int(hour), minutes=int(minute)), LONDON)
        for hour, minute in hours_and_minutes
    ]


def every(minutes, *, since=9, until=17):
    """A start each so many minutes, as a day with these hours has for sessions of an hour."""
    count = ((until - since) * 60 - 60) // minutes + 1
    begin = MIDNIGHT + timedelta(hours=since)
    return [picker.Slot(begin + n * timedelta(minutes=minutes), LONDON) for n in range(count)]


@pytest.mark.parametrize(
    ("clock", "name"),
    [
        ("0:00", "Morning"),
        ("11:55", "Morning"),
        ("12:00", "Afternoon"),
        ("16:55", "Afternoon"),
        ("17:00", "Evening"),
        ("23:55", "Evening"),
    ],
)
def test_noon_begins_the_afternoon_and_five_the_evening(clock, name):
    assert [part.name for part in picker.parts_of(slots(clock))] == [name]


def test_the_part_is_that_of_the_viewers_clock():
    [part] = picker.parts_of([picker.Slot(MIDNIGHT + timedelta(hours=17), "America/New_York")])

    assert part.name == "Afternoon"


def test_few_times_are_all_shown():
    parts = picker.parts_of(every(30)[:-2])

    assert sum(len(part.shown) for part in parts) == MOST
    assert not any(part.rest for part in parts)


def test_with_one_more_those_on_the_hour_come_first():
    morning, afternoon = picker.parts_of(every(30)[:-1])

    assert [slot.clock for slot in morning.shown] == ["9am", "10am", "11am"]
    assert [slot.clock for slot in morning.rest] == ["9:30am", "10:30am", "11:30am"]
    assert [f"{slot.local:%H:%M}" for slot in afternoon.shown] == [
        *("12:00", "13:00", "14:00", "15:00"),
    ]


def test_where_the_hour_is_taken_its_next_time_is_shown():
    free = [slot for slot in every(15) if slot.clock != "10am"]

    morning = picker.parts_of(free)[0]

    assert [slot.clock for slot in morning.shown] == ["9am", "10:15am", "11am"]


@pytest.mark.parametrize("grid", [5, 10, 15, 20, 25, 30, 45, 60, 90])
@pytest.mark.parametrize("hours", [(9, 17), (8, 20), (0, 24)])
def test_whatever_the_grid_a_day_is_short_and_no_time_is_lost(grid, hours):
    day = every(grid, since=hours[0], until=hours[1])

    parts = picker.parts_of(day)

    assert sum(part.controls for part in parts) <= MOST
    found = [slot for part in parts for slot in (*part.shown, *part.rest)]
    assert sorted(found, key=lambda slot: slot.starts_at) == day


def test_an_hour_that_the_clocks_repeat_is_there_twice():
    minutes = range(0, 12 * 60, 15)
    day = [picker.Slot(AUTUMN + timedelta(minutes=each), LONDON) for each in minutes]

    shown = [slot for part in picker.parts_of(day) for slot in part.shown]

    assert [f"{slot.local:%H:%M %Z}" for slot in shown][:3] == [
        "01:00 BST",
        "01:00 GMT",
        "02:00 GMT",
    ]
