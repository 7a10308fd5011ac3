"""How many sessions outside programmes one client may have open at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bookings import actions
from bookings.actions import checks, locking
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    agreed_programme,
    answers,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at
from profiles.models import Client, Coach

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
AT_ONCE = 6


@pytest.fixture
def regular(coach, client_user):
    """A client whose first session has taken place."""
    held(coach, client_user)
    return client_user


def held(coach, client):
    session = book_session(
        coach, client, starts_at=NINE - 6 * DAY, at=WEEKS_AHEAD - 30 * DAY, by=coach.user
    )
    CoachingSession.objects.filter(pk=session.pk).update(status="COMPLETED")


def book_open(coach, client, number, *, start=0, **how):
    """So many sessions from NINE on, eight on a day."""
    return [
        book_session(coach, client, starts_at=nth(n), **how) for n in range(start, start + number)
    ]


def nth(number):
    return NINE + (number // 8) * DAY + (number % 8) * HOUR


def test_the_thirteenth_open_session_outside_programmes_is_refused(coach, regular):
    book_open(coach, regular, 12)

    with pytest.raises(actions.TooManyOpen) as refusal:
        book_open(coach, regular, 1, start=12)

    assert "12 sessions are booked" in str(refusal.value)
    assert "ask Una Umber" in str(refusal.value)


def test_before_a_first_session_has_taken_place_the_fourth_is_refused(coach, client_user):
    book_open(coach, client_user, 3)

    with pytest.raises(actions.TooManyOpen) as refusal:
        book_open(coach, client_user, 1, start=3)

    assert "3 sessions are booked" in str(refusal.value)
    held(coach, client_user)
    assert book_open(coach, client_user, 1, start=3)


def test_the_limits_are_settings(coach, client_user, settings):
    settings.MOST_OPEN_SESSIONS_AT_FIRST, settings.MOST_OPEN_SESSIONS = 1, 2
    book_open(coach, client_user, 1)

    with pytest.raises(actions.TooManyOpen):
        book_open(coach, client_user, 1, start=1)
    held(coach, client_user)
    book_open(coach, client_user, 1, start=1)
    with pytest.raises(actions.TooManyOpen):
        book_open(coach, client_user, 1, start=2)


def test_sessions_of_a_programme_do_not_count_and_are_not_refused(coach, client_user):
    open_hours(coach)
    programme = agreed_programme(coach, client_user, sessions=5)
    book_open(coach, client_user, 4, programme=programme)
    book_open(coach, client_user, 3, start=4)

    assert book_open(coach, client_user, 1, start=7, programme=programme)
    with pytest.raises(actions.TooManyOpen):
        book_open(coach, client_user, 1, start=8)


def test_sessions_with_every_coach_count(make_user, coach, client_user):
    olu = Coach.objects.create(user=make_user("coach2@example.org"), slug="olu", is_public=True)
    book_open(coach, client_user, 2)
    book_open(olu, client_user, 1, start=2)

    with pytest.raises(actions.TooManyOpen):
        book_open(olu, client_user, 1, start=3)


def test_what_is_cancelled_or_over_is_not_open(coach, client_user):
    sessions = book_open(coach, client_user, 3)
    actions.cancel(session=sessions[0], by=client_user, at=WEEKS_AHEAD)
    book_open(coach, client_user, 1, start=3)

    after_two = sessions[1].ends_at
    in_a_week = NINE + 7 * DAY
    with pytest.raises(actions.TooManyOpen):
        book_session(coach, client_user, starts_at=in_a_week, at=after_two - timedelta(seconds=1))
    assert book_session(coach, client_user, starts_at=in_a_week, at=after_two)


def test_the_coach_is_who_can_book_more(coach, client_user):
    book_open(coach, client_user, 3)

    assert book_open(coach, client_user, 1, start=3, by=coach.user)


def test_a_session_can_be_moved_at_the_limit(coach, client_user):
    session = book_open(coach, client_user, 3)[0]

    moved = actions.move(session=session, starts_at=nth(9), by=client_user, at=WEEKS_AHEAD)
    assert moved.starts_at == nth(9)


def test_the_page_says_so_before_a_time_is_chosen_and_holds_none(
    signed_in, coach, client_user, free
):
    for number in range(3):
        book_session(coach, client_user, starts_at=free(number), at=timezone.now())
    browser = signed_in(client_user)

    for page in (
        browser.get("/book/una-umber/?minutes=60"),
        browser.get(details_url(coach, free(3))),
        browser.post("/book/una-umber/?minutes=60", {"start": free(3).isoformat()}),
        browser.post(details_url(coach, free(3)), answers(coach)),
    ):
        assert "3 sessions are booked" in page.content.decode()
        assert "ask Una Umber" in page.content.decode()
    assert CoachingSession.objects.count() == 3


def test_a_coach_at_the_limit_of_her_client_holds_and_books(signed_in, coach, client_user, free):
    for number in range(3):
        book_session(coach, client_user, starts_at=free(number), at=timezone.now())
    key = Client.objects.get(user=client_user).uuid
    browser = signed_in(coach.user)

    held = browser.post(f"/book/una-umber/?minutes=60&client={key}", {"start": free(3).isoformat()})
    browser.post(held["Location"], {"payer": "self"})

    assert CoachingSession.objects.filter(status="BOOKED").count() == 4


# Parallel requests.


def bookings_at_once(coach, client):
    """So many windows of one client, each with a session on another day."""

    def booking(number):
        return lambda: actions.book(
            booking_request=BookingRequest(coach, nth(8 + number), 60),
            client=client,
            by=client,
            at=WEEKS_AHEAD,
            details=accepted(coach),
        )

    return at_once([booking(number) for number in range(AT_ONCE)])


@pytest.mark.django_db(transaction=True)
def test_parallel_bookings_do_not_pass_the_limit(coach, client_user):
    book_open(coach, client_user, 2)

    answers = bookings_at_once(coach, client_user)

    assert sum(isinstance(answer, CoachingSession) for answer in answers) == 1
    assert CoachingSession.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_parallel_bookings_pass_it(coach, client_user, monkeypatch):
    for name in ("lock_coach", "lock_client"):
        monkeypatch.setattr(locking, name, lambda row: row)
    book_open(coach, client_user, 2)
    hold_at(monkeypatch, checks, "check_booking", AT_ONCE)

    bookings_at_once(coach, client_user)

    assert CoachingSession.objects.count() == 2 + AT_ONCE
