"""Hypothesis compares the quick sweep with the slow reading of the rules."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.availability import free_times
from bookings.availability.free_times import Hours, Occupied, Period, Shift, SlotRules
from bookings.tests import reference_availability

# Each is a day on which the clocks change there, or an ordinary one.
DAYS = [
    ("Europe/London", date(2027, 3, 28)),
    ("Europe/London", date(2027, 10, 31)),
    ("Europe/London", date(2027, 6, 7)),
    ("America/New_York", date(2027, 3, 14)),
    ("America/New_York", date(2027, 11, 7)),
    ("Australia/Lord_Howe", date(2027, 4, 4)),  # by half an hour
    ("Australia/Lord_Howe", date(2027, 10, 3)),
    ("Africa/Cairo", date(2027, 4, 30)),  # at midnight
    ("Africa/Cairo", date(2027, 10, 29)),
    ("Asia/Kolkata", date(2027, 6, 7)),
]
minutes_of_day = st.integers(0, 95).map(lambda quarter: quarter * 15)


def wall(minutes):
    return time(minutes // 60 % 24, minutes % 60)


def locations():
    """None named, mostly one, or two."""
    return st.lists(st.sampled_from(["VIDEO", "PRACTICE", "TELEPHONE"]), max_size=2, unique=True)


@st.composite
def shifts(draw):
    ends = st.one_of(st.none(), minutes_of_day)
    found = [
        Shift(wall(start), wall(end or 0), tuple(draw(locations())))
        for start, end in draw(st.lists(st.tuples(minutes_of_day, ends), max_size=3))
        if not end or start < end
    ]
    return found


@st.composite
def periods(draw, around, kind):
    start = around + timedelta(minutes=5 * draw(st.integers(-400, 400)))
    end = start + timedelta(minutes=5 * draw(st.integers(1, 60)))
    if kind is Period:
        return Period(start, end)
    return Occupied(start, end, end + timedelta(minutes=5 * draw(st.integers(0, 6))))


@st.composite
def questions(draw):
    zone, day = draw(st.sampled_from(DAYS))
    middle = datetime.combine(day, time(12), UTC)
    limit = st.one_of(st.none(), st.integers(0, 3))
    rules = SlotRules(
        zone=ZoneInfo(zone),
        grid_minutes=draw(st.sampled_from([15, 20, 30, 45, 60])),
        minimum_notice_minutes=draw(st.sampled_from([0, 30, 1440])),
        horizon_days=draw(st.integers(1, 3)),
        buffer_minutes=draw(st.sampled_from([0, 10, 15, 30])),
        most_sessions_a_day=draw(limit),
        most_minutes_a_day=draw(st.one_of(st.none(), st.integers(30, 240))),
        most_sessions_a_week=draw(st.one_of(st.none(), st.integers(0, 4))),
        most_minutes_a_week=draw(st.one_of(st.none(), st.integers(30, 600))),
    )
    dates = st.integers(-1, 1).map(lambda days: day + timedelta(days=days))
    since = middle + timedelta(minutes=draw(st.integers(-1500, 0)))
    return {
        "minutes": draw(st.sampled_from([30, 60, 75, 120])),
        "since": since,
        "until": since + timedelta(minutes=draw(st.integers(0, 2000))),
        "at": middle - timedelta(minutes=draw(st.integers(0, 3000))),
        "rules": rules,
        "hours": Hours(
            weekly={weekday: draw(shifts()) for weekday in range(7)},
            overrides=draw(st.dictionaries(dates, shifts(), max_size=1)),
            bank_holidays=draw(st.sets(dates, max_size=1)),
        ),
        "sessions": draw(st.lists(periods(middle, Occupied), max_size=4)),
        "closed": draw(st.lists(periods(middle, Period), max_size=2)),
        "locations": draw(locations()),
    }


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(questions())
def test_the_sweep_offers_what_the_rules_offer(question):
    assert free_times.open_slots(**question) == reference_availability.open_slots(**question)
