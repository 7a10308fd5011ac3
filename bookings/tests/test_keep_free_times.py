"""Free times are kept until something of the coach's changes, and never told when it has."""

import contextlib
import threading
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.availability import slot_queries
from bookings.models import (
    BookingRules,
    BusyTime,
    CoachingSession,
    DateOverride,
    TimeOff,
    WeeklyHours,
)
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, accepted, open_hours
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import LONGEST, at_once, start_competing_call
from profiles.models import Coach

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    slot_queries._kept_starts.cache_clear()


def week(coach, *, at=WEEKS_AHEAD, minutes=60, **whose):
    return slot_queries.open_slots(
        coach,
        minutes=minutes,
        since=NINE - HOUR,
        until=NINE + 7 * DAY,
        at=at,
        requester=slot_queries.Requester(**whose),
    )


def hits():
    return slot_queries._kept_starts.cache_info().hits


def booking_of(coach, client, starts_at=NINE):
    return lambda: actions.book(
        booking_request=BookingRequest(coach, starts_at, 60),
        client=client,
        by=client,
        at=WEEKS_AHEAD,
        details=accepted(coach),
    )


def test_the_same_question_is_worked_out_once(coach):
    open_hours(coach)

    first = week(coach)

    assert (week(coach), hits()) == (first, 1)
    assert NINE in first


def test_an_answer_belongs_to_who_asked(coach):
    """Whoever sorts or shortens the list that they were given changes no other."""
    open_hours(coach)

    week(coach).clear()

    assert NINE in week(coach)


def test_the_notice_is_cut_from_what_is_kept(coach):
    open_hours(coach, minimum_notice_minutes=60)

    assert NINE in week(coach, at=NINE - HOUR)
    assert NINE not in week(coach, at=NINE - HOUR + timedelta.resolution)
    assert hits() == 1


def test_a_hold_that_runs_out_is_free_again(coach):
    open_hours(coach)
    at = NINE - 3 * DAY
    actions.hold(booking_request=BookingRequest(coach, NINE, 60), visitor_key="key", at=at)

    assert NINE not in week(coach, at=at + timedelta(minutes=9))
    assert NINE in week(coach, at=at + timedelta(minutes=9), visitor_key="key")
    assert NINE in week(coach, at=at + timedelta(minutes=10))


def test_one_time_alone_is_not_kept(coach):
    """A booking changes what it asked about: it would only push others out."""
    open_hours(coach)

    slot_queries.is_open(coach, starts_at=NINE, minutes=60, at=WEEKS_AHEAD)

    assert slot_queries._kept_starts.cache_info().currsize == 0


# --- whatever changes, by whatever way ----------------------------------------------------


def book_one(coach, hour, client):
    CoachingSession.objects.create(
        coach=coach,
        client=client,
        starts_at=hour,
        ends_at=hour + HOUR,
        free_again_at=hour + HOUR,
        status="BOOKED",
        rate=Decimal(75),
        price=Decimal(75),
    )


def attend_elsewhere(coach, hour, client):
    other = Coach.objects.exclude(pk=coach.pk).get()
    book_one(other, hour, coach.user)


CHANGES = {
    "book": book_one,
    "attend elsewhere": attend_elsewhere,
    "cancel": lambda coach, hour, client: CoachingSession.objects.filter(starts_at=hour).update(
        status="CANCELLED"
    ),
    "delete": lambda coach, hour, client: CoachingSession.objects.filter(starts_at=hour).delete(),
    "time off": lambda coach, hour, client: TimeOff.objects.create(
        coach=coach, starts_at=hour, ends_at=hour + 2 * HOUR
    ),
    "every year": lambda coach, hour, client: TimeOff.objects.create(
        coach=coach,
        starts_at=hour - 365 * DAY,
        ends_at=hour - 365 * DAY + HOUR,
        recurrence="YEARLY",
    ),
    "at work again": lambda coach, hour, client: TimeOff.objects.filter(coach=coach).delete(),
    "busy": lambda coach, hour, client: BusyTime.objects.create(
        coach=coach, starts_at=hour, ends_at=hour + HOUR
    ),
    "override": lambda coach, hour, client: DateOverride.objects.get_or_create(
        coach=coach, date=hour.date(), defaults={"starts": time(10), "ends": time(12)}
    ),
    "hours": lambda coach, hour, client: WeeklyHours.objects.filter(
        coach=coach, weekday=hour.weekday()
    ).update(ends=time(hour.hour + 2)),
    "locations": lambda coach, hour, client: WeeklyHours.objects.filter(
        coach=coach, weekday=hour.weekday()
    ).update(locations=["PRACTICE"] if hour.hour % 2 else []),
    "grid": lambda coach, hour, client: BookingRules.objects.update(grid_minutes=5 * hour.hour),
    "limit": lambda coach, hour, client: BookingRules.objects.update(
        most_sessions_a_day=hour.hour % 3 or None, most_minutes_a_week=hour.hour * 20
    ),
    "buffer": lambda coach, hour, client: BookingRules.objects.update(buffer_minutes=hour.hour),
    "zone": lambda coach, hour, client: Coach.objects.update(
        time_zone="Europe/Paris" if hour.hour % 2 else "Europe/London"
    ),
}
hours_of_the_week = st.tuples(st.integers(0, 6), st.integers(7, 17)).map(
    lambda when: datetime(NINE.year, NINE.month, NINE.day, when[1], tzinfo=UTC) + when[0] * DAY
)


@pytest.fixture
def coach_with_hours(coach, make_user):
    open_hours(coach)
    Coach.objects.create(user=make_user("coach2@example.org"), slug="two")
    return coach


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(changes=st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), hours_of_the_week), max_size=5))
def test_what_is_kept_is_what_would_be_worked_out(coach_with_hours, client_user, changes):
    with transaction.atomic():
        for change, hour in changes:
            make_and_compare(change, hour, coach_with_hours.pk, client_user)
        transaction.set_rollback(True)


def make_and_compare(change, hour, coach, client):
    """What is kept before a change and what is kept after it are both what they should be."""
    for _ in range(2):
        found = Coach.objects.get(pk=coach)
        for whose in ({}, {"client": client}):
            assert week(found, **whose) == worked_out(found, **whose)
        with contextlib.suppress(IntegrityError), transaction.atomic():
            CHANGES[change](found, hour, client)


def worked_out(coach, **whose):
    kept = slot_queries._kept_starts
    slot_queries._kept_starts = slot_queries._Question.starts
    try:
        return week(coach, **whose)
    finally:
        slot_queries._kept_starts = kept


# --- races ----------------------------------------------------------------------------------


@pytest.fixture
def booked_while_somebody_reads(monkeypatch, coach, client_user):
    """A booking commits once the next reader has read the sessions, before it has an answer."""
    read, waits = slot_queries._away_rows, [True]

    def read_while_another_books(*args):
        if waits:
            waits.clear()
            booked = start_competing_call(booking_of(coach, client_user)).result()
            assert isinstance(booked, CoachingSession)
        return read(*args)

    open_hours(coach)
    monkeypatch.setattr(slot_queries, "_away_rows", read_while_another_books)


@pytest.mark.django_db(transaction=True)
def test_what_was_read_before_a_booking_is_never_served_after_it(
    coach, booked_while_somebody_reads
):
    assert NINE in week(coach)  # true when the sessions were read

    assert NINE not in week(coach)
    assert NINE not in at_once([lambda: week(coach)])[0]


@pytest.mark.django_db(transaction=True)
def test_control_kept_by_coach_alone_it_is_served(coach, booked_while_somebody_reads, monkeypatch):
    kept = {}

    def keep_by_coach(question):
        return kept.setdefault((question.minutes, question.first), question.starts())

    monkeypatch.setattr(slot_queries, "_kept_starts", keep_by_coach)
    week(coach)

    assert NINE in week(coach)


@pytest.mark.django_db(transaction=True)
def test_while_many_read_nobody_is_offered_what_has_been_booked(coach, client_user):
    open_hours(coach)
    booked = threading.Event()

    def book():
        booking_of(coach, client_user)()
        booked.set()
        return []

    def read():
        """For each answer: whether it was asked for after the booking, and offers its time."""
        found = []
        while sum(found_after for found_after, _ in found) < 3:
            is_after = booked.is_set()
            found.append((is_after, NINE in week(coach)))
        return found

    answers = at_once([book, *[read] * 6])

    assert booked.wait(LONGEST)
    assert not any(is_after and offers for found in answers for is_after, offers in found)
