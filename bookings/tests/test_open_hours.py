"""What is left of a coach's hours: pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.availability.free_times import Hours, Shift, open_pieces, without

MIDNIGHT = datetime(2027, 6, 7, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


def piece(first, last):
    return MIDNIGHT + first * MINUTE, MIDNIGHT + last * MINUTE


def minutes_of(pieces):
    return {
        (start - MIDNIGHT) // MINUTE + number
        for start, end in pieces
        for number in range((end - start) // MINUTE)
    }


some = st.lists(
    st.tuples(st.integers(0, 90), st.integers(1, 40)).map(lambda each: piece(each[0], sum(each))),
    max_size=5,
)


@settings(deadline=None)
@given(some, some)
def test_what_is_left_are_the_open_minutes_that_nothing_takes(opened, taken):
    opened = without(sorted({*opened}), [])

    left = without(opened, taken)

    assert minutes_of(left) == minutes_of(opened) - minutes_of(taken)
    assert all(start < end for start, end in left)


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ((0, 10), [(10, 60)]),
        ((50, 60), [(10, 50)]),
        ((20, 30), [(10, 20), (30, 60)]),
        ((10, 60), []),
        ((60, 70), [(10, 60)]),
    ],
)
def test_edges_touch_and_do_not_overlap(taken, left):
    assert without([piece(10, 60)], [piece(*taken)]) == [piece(*each) for each in left]


def test_hours_are_open_by_the_clock_of_their_zone_also_when_it_changes():
    hours = Hours({6: [Shift(time(0), time(4))]})
    sunday = date(2027, 10, 31)  # the clocks go back: five hours pass from midnight to 4am

    ((start, end),) = open_pieces(hours, [sunday], LONDON)

    assert end - start == timedelta(hours=5)


def test_a_date_with_other_hours_and_a_closed_one_count():
    hours = Hours(
        {0: [Shift(time(9), time(17))], 1: [Shift(time(9), time(17))]},
        {date(2027, 6, 7): [Shift(time(10), time(12))], date(2027, 6, 8): []},
    )

    (found,) = open_pieces(hours, [date(2027, 6, 7), date(2027, 6, 8)], LONDON)

    assert found == (MIDNIGHT + timedelta(hours=9), MIDNIGHT + timedelta(hours=11))
