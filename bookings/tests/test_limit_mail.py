"""Booking, cancelling and moving again and again sends no mail without end."""

import pytest
from django.test import override_settings
from django.utils import timezone

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import answers, book_session, details_url
from profiles.models import Client

RATES = {"book_free": "2/h/key,3/h/ip", "book": "3/h/key", "move": "2/h/key"}

EMAIL = '<a href="mailto:practice@example.org">practice@example.org</a>'


@pytest.fixture(autouse=True)
def _rates():
    with override_settings(ACCOUNT_RATE_LIMITS=RATES):
        yield


def book_and_cancel(browser, coach, start, minutes=30, **asked):
    answer = browser.post(details_url(coach, start, minutes=minutes, **asked), answers(coach))
    for session in CoachingSession.objects.filter(status="BOOKED"):
        browser.post(f"/sessions/{session.uuid}/cancel/", {"told": "free"})
    return answer


def test_a_free_conversation_cannot_be_booked_and_cancelled_without_end(
    signed_in, coach, client_user, free
):
    browser = signed_in(client_user)

    statuses = [book_and_cancel(browser, coach, free()).status_code for _ in range(4)]

    assert statuses == [302, 302, 429, 429]
    assert CoachingSession.objects.count() == 2


def test_the_refusal_keeps_what_was_typed_and_says_what_to_do(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    for _ in range(2):
        book_and_cancel(browser, coach, free())

    page = browser.post(
        details_url(coach, free(), minutes=30), answers(coach, agenda="Not to be lost")
    ).content.decode()

    assert f"Wait an hour, or ask Una Umber: email {EMAIL}." in page
    assert "Not to be lost" in page
    assert not CoachingSession.objects.filter(status="BOOKED").exists()


def test_a_cancellation_is_never_refused(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    for _ in range(3):
        book_and_cancel(browser, coach, free())
    session = book_session(coach, client_user, starts_at=free(1), at=timezone.now())

    browser.post(f"/sessions/{session.uuid}/cancel/", {"told": "free"})

    session.refresh_from_db()
    assert session.is_cancelled


def test_several_people_of_one_network_have_a_rate_together(
    signed_in, make_user, coach, client_user, stranger, free
):
    people = [client_user, stranger, make_user("jo@example.org"), make_user("kim@example.org")]

    statuses = [book_and_cancel(signed_in(each), coach, free()).status_code for each in people]

    assert statuses == [302, 302, 302, 429]


def test_paid_sessions_have_a_rate_of_their_own(signed_in, coach, client_user, free):
    browser = signed_in(client_user)

    statuses = [book_and_cancel(browser, coach, free(), 60).status_code for _ in range(4)]

    assert statuses == [302, 302, 302, 429]


def test_what_was_refused_is_not_counted(signed_in, coach, client_user, stranger, free):
    book_session(coach, stranger, starts_at=free(), at=timezone.now())
    browser = signed_in(client_user)
    for _ in range(4):
        assert browser.post(details_url(coach, free()), answers(coach)).status_code == 409

    assert book_and_cancel(browser, coach, free(1), 60).status_code == 302


def test_a_coach_books_and_moves_as_often_as_it_takes(signed_in, coach, client_user, free):
    key = Client.objects.create(user=client_user, coach=coach).uuid
    browser = signed_in(coach.user)

    for _ in range(4):
        assert book_and_cancel(browser, coach, free(), 60, client=key).status_code == 302
    session = book_session(coach, client_user, starts_at=free(), at=timezone.now())
    for number in (1, 2, 1, 2):
        browser.post(f"/sessions/{session.uuid}/move/", {"start": free(number).isoformat()})
    session.refresh_from_db()
    assert session.sequence == 4


def test_a_session_cannot_be_moved_without_end(signed_in, coach, client_user, free):
    session = book_session(coach, client_user, starts_at=free(), at=timezone.now())
    browser = signed_in(client_user)

    moved = [
        browser.post(f"/sessions/{session.uuid}/move/", {"start": free(number).isoformat()})
        for number in (1, 2, 1)
    ]

    assert [answer.status_code for answer in moved] == [302, 302, 429]
    page = moved[-1].content.decode()
    assert f"Wait an hour, or ask Una Umber: email {EMAIL}." in page
    session.refresh_from_db()
    assert session.starts_at == free(2)
