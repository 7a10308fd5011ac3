"""What of the database counts when times are offered."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from bookings.availability import slot_queries
from bookings.models import (
    BookingRules,
    BusyTime,
    CoachingSession,
    DateOverride,
    TimeOff,
    WeeklyHours,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Coach

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
LONG_BEFORE = NINE - timedelta(days=30)
DAY_END = NINE + 8 * HOUR


@pytest.fixture
def coach(coach):
    """Monday to Friday 09:00 to 17:00, a start every hour, a day's notice."""
    BookingRules.objects.create(coach=coach, grid_minutes=60)
    WeeklyHours.objects.bulk_create(
        WeeklyHours(coach=coach, weekday=day, starts=time(9), ends=time(17)) for day in range(5)
    )
    return coach


def starts(coach, *, minutes=60, since=NINE, until=DAY_END, at=LONG_BEFORE, **whose):
    requester = slot_queries.Requester(**whose)
    return slot_queries.open_slots(
        coach, minutes=minutes, since=since, until=until, at=at, requester=requester
    )


def occupy(coach, client=None, *, starts_at=NINE + HOUR, status="BOOKED", **fields):
    """A row as booking leaves it; the states are what is under test here."""
    fields = {"ends_at": starts_at + HOUR, "rate": Decimal(75), "price": Decimal(75)} | fields
    fields.setdefault("free_again_at", fields["ends_at"])
    return CoachingSession.objects.create(
        coach=coach, client=client, starts_at=starts_at, status=status, **fields
    )


def hold(coach, client=None, **fields):
    fields = {"held_until": LONG_BEFORE + timedelta(minutes=10)} | fields
    return occupy(coach, client, status="HELD", **fields)


def test_an_empty_monday_has_eight_starts(coach):
    assert starts(coach) == [NINE + hours * HOUR for hours in range(8)]


def test_starts_are_aware_and_in_utc(coach):
    assert starts(coach)[0].isoformat() == "2027-06-07T08:00:00+00:00"


def test_a_coach_who_set_no_rules_has_the_usual_ones(coach):
    BookingRules.objects.all().delete()

    assert starts(coach)[:2] == [NINE, NINE + HOUR / 2]


def test_a_coach_who_takes_no_bookings_offers_nothing(coach):
    BookingRules.objects.update(accepts_bookings=False)

    assert starts(coach) == []


@pytest.mark.parametrize(
    ("status", "is_taken"),
    [
        ("BOOKED", True),
        ("COMPLETED", True),
        ("CANCELLED", False),
        ("CANCELLED_LATE", False),
        ("NO_SHOW", False),
    ],
)
def test_only_live_sessions_take_their_time(coach, client_user, status, is_taken):
    occupy(coach, client_user, status=status)

    assert (NINE + HOUR not in starts(coach)) is is_taken


def test_a_hold_counts_until_the_moment_it_ends(coach):
    held = hold(coach)
    almost = held.held_until - timedelta(seconds=1)

    assert NINE + HOUR not in starts(coach, at=almost)
    assert NINE + HOUR in starts(coach, at=held.held_until)


def test_a_hold_does_not_hide_its_time_from_its_visitor(coach):
    hold(coach, visitor_key="mine")

    assert NINE + HOUR in starts(coach, visitor_key="mine")
    assert NINE + HOUR not in starts(coach, visitor_key="another")
    assert NINE + HOUR not in starts(coach)


def test_a_visitor_without_a_key_owns_nobody_s_hold(coach):
    hold(coach, visitor_key="")

    assert NINE + HOUR not in starts(coach, visitor_key="")


def test_a_hold_does_not_hide_its_time_from_its_client(coach, client_user, stranger):
    hold(coach, client_user)

    assert NINE + HOUR in starts(coach, client=client_user)
    assert NINE + HOUR not in starts(coach, client=stranger)


def test_a_session_being_moved_may_overlap_itself(coach, client_user):
    session = occupy(coach, client_user)

    assert NINE + HOUR in starts(coach, client=client_user, moving=session)
    assert NINE + HOUR not in starts(coach, client=client_user)


def test_a_client_s_session_with_another_coach_blocks_too(coach, client_user, make_user):
    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    occupy(other, client_user, free_again_at=NINE + 3 * HOUR)

    free = starts(coach, client=client_user)

    assert NINE + HOUR not in free
    assert NINE in free
    assert NINE + 2 * HOUR in free  # the other coach's buffer is not the client's
    assert NINE + HOUR in starts(coach)


def test_another_coach_s_sessions_are_nothing_to_this_one(coach, client_user, make_user):
    other = Coach.objects.create(user=make_user("other@example.org"), slug="other")
    occupy(other, client_user)
    TimeOff.objects.create(coach=other, starts_at=NINE, ends_at=DAY_END)

    assert len(starts(coach)) == 8


def test_the_stored_buffer_counts_and_so_does_the_new_session_s(coach, client_user):
    BookingRules.objects.update(buffer_minutes=15, grid_minutes=15)
    occupy(coach, client_user, free_again_at=NINE + 2 * HOUR + timedelta(minutes=15))

    free = starts(coach)

    assert NINE not in free
    assert NINE + 2 * HOUR not in free
    assert NINE + 2 * HOUR + timedelta(minutes=15) in free


def test_time_off_and_busy_time_close_their_periods(coach):
    TimeOff.objects.create(coach=coach, starts_at=NINE, ends_at=NINE + HOUR)
    BusyTime.objects.create(coach=coach, starts_at=NINE + 2 * HOUR, ends_at=NINE + 3 * HOUR)

    free = starts(coach)

    assert NINE not in free
    assert NINE + HOUR in free
    assert NINE + 2 * HOUR not in free


def test_overrides_replace_and_close(coach):
    monday = date(2027, 6, 7)
    DateOverride.objects.create(coach=coach, date=monday, starts=time(14), ends=time(18))
    DateOverride.objects.create(coach=coach, date=date(2027, 6, 8))

    free = starts(coach, until=NINE + timedelta(days=1, hours=10))

    assert [start.hour for start in free] == [13, 14, 15, 16]


@pytest.mark.parametrize("day", [date(2027, 3, 26), date(2027, 3, 29), date(2027, 12, 27)])
def test_england_s_bank_holidays_close_unless_the_coach_opens_them(coach, day):
    BookingRules.objects.update(horizon_days=400)
    span = {
        "since": datetime.combine(day, time(0), UTC),
        "until": datetime.combine(day, time(23), UTC),
        "at": datetime(2027, 1, 1, tzinfo=UTC),
    }

    assert starts(coach, **span) == []

    BookingRules.objects.update(opens_on_bank_holidays=True)
    assert len(starts(coach, **span)) == 8


def test_a_daily_limit_counts_sessions_before_the_range_too(coach, client_user):
    BookingRules.objects.update(most_sessions_a_day=1)
    occupy(coach, client_user, starts_at=NINE)

    assert starts(coach, since=NINE + 4 * HOUR) == []


def test_is_open_asks_the_same_question(coach, client_user):
    occupy(coach, client_user)

    for minutes in range(0, 600, 15):
        start = NINE + timedelta(minutes=minutes)
        assert slot_queries.is_open(coach, starts_at=start, minutes=60, at=LONG_BEFORE) is (
            start in starts(coach)
        )


def test_a_coach_without_hours_has_no_times(coach):
    WeeklyHours.objects.all().delete()

    assert starts(coach, until=NINE + slot_queries.BEYOND_ANY_HORIZON) == []


@pytest.mark.parametrize("sessions", [0, 40])
def test_any_range_takes_four_queries(coach, client_user, sessions, django_assert_num_queries):
    BookingRules.objects.update(horizon_days=400)
    for number in range(sessions):
        occupy(coach, client_user, starts_at=NINE + timedelta(days=number))
        TimeOff.objects.create(
            coach=coach,
            starts_at=NINE + timedelta(days=number, hours=2),
            ends_at=NINE + timedelta(days=number, hours=3),
        )

    with django_assert_num_queries(4):
        starts(coach, until=NINE + timedelta(days=90), client=client_user, visitor_key="key")
