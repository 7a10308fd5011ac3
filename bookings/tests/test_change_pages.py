"""The pages for moving and cancelling."""

from datetime import timedelta

import time_machine
from django.utils import timezone

from bookings import actions
from bookings.actions.booking_request import BookingRequest, Details
from coaching_portal.testing.plugin import NINE

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_opening_the_page_to_cancel_changes_nothing(signed_in, book, client_user):
    session = book()

    page = signed_in(client_user).get(f"/sessions/{session.uuid}/cancel/").content.decode()

    assert "Free to cancel or move until" in page
    session.refresh_from_db()
    assert session.is_booked


def test_a_late_cancellation_is_warned_of_first_then_charged(signed_in, book, client_user):
    session = book(in_=47 * HOUR)
    there = f"/sessions/{session.uuid}/cancel/"
    browser = signed_in(client_user)

    assert "If you cancel now, £75.00 is charged." in browser.get(there).content.decode()
    page = browser.post(there, follow=True).content.decode()

    session.refresh_from_db()
    assert session.status == "CANCELLED_LATE"
    assert "Cancelled. £75.00 will be charged to you." in page


def test_a_page_that_said_free_warns_once_the_notice_has_begun(signed_in, book, client_user):
    session = book(in_=48 * HOUR - timedelta(seconds=1))
    there = f"/sessions/{session.uuid}/cancel/"
    browser = signed_in(client_user)

    page = browser.post(there, {"told": "free"}).content.decode()
    session.refresh_from_db()
    assert session.is_booked
    assert "If you cancel now, £75.00 is charged." in page
    browser.post(there, {"told": "charged"})

    session.refresh_from_db()
    assert session.status == "CANCELLED_LATE"


def test_within_14_days_of_booking_the_page_says_that_nothing_is_charged(
    signed_in, book, client_user
):
    session = book(in_=47 * HOUR, booked=9 * DAY)

    page = signed_in(client_user).get(f"/sessions/{session.uuid}/cancel/").content.decode()

    assert "You booked less than 14 days ago, so cancelling is free." in page


def test_a_session_that_has_started_offers_no_way_to_cancel(signed_in, book, client_user):
    session = book(in_=-HOUR / 2)
    there = f"/sessions/{session.uuid}/cancel/"
    browser = signed_in(client_user)

    assert "This session cannot be cancelled" in browser.get(there).content.decode()
    page = browser.post(there, follow=True).content.decode()
    assert "A session that has started cannot be cancelled." in page


def test_the_coach_cancels_without_a_charge(signed_in, book, coach):
    session = book(in_=HOUR)
    there = f"/sessions/{session.uuid}/cancel/"
    browser = signed_in(coach.user)

    assert "If you cancel, Cleo Client is not charged." in browser.get(there).content.decode()
    browser.post(there)

    session.refresh_from_db()
    assert session.status == "CANCELLED"


def test_moving_shows_the_free_times_and_moves(signed_in, book, coach, client_user):
    session = book()
    there = f"/sessions/{session.uuid}/move/"
    browser = signed_in(client_user)
    slots = browser.get(there).context["picker"].slots
    slot = slots[-1]
    assert session.starts_at not in [each.starts_at for each in slots]

    answer = browser.post(there, {"start": slot.value})

    session.refresh_from_db()
    assert answer.status_code == 302
    assert (session.starts_at, session.sequence) == (slot.starts_at, 1)


def test_moving_to_a_time_that_has_gone_answers_409_with_the_nearest(
    signed_in, book, coach, client_user, stranger
):
    session = book()
    browser = signed_in(client_user)
    there = f"/sessions/{session.uuid}/move/"
    slot = browser.get(there).context["picker"].slots[-1]
    booking_request = BookingRequest(coach, slot.starts_at, 60)
    actions.book(
        booking_request=booking_request,
        client=stranger,
        by=coach.user,
        at=timezone.now(),
        details=Details(),
    )

    answer = browser.post(there, {"start": slot.value})

    assert answer.status_code == 409
    assert len(answer.context["nearest"]) == 3


@time_machine.travel(NINE)  # a Monday: the rest of the session's week has free times
def test_inside_the_notice_the_page_says_what_a_client_can_do(signed_in, book, client_user, coach):
    session = book(in_=47 * HOUR)
    there = f"/sessions/{session.uuid}/move/"

    page = signed_in(client_user).get(there).content.decode()
    assert "Ask to move this session" in page
    assert session.reference in page
    # At a weekend the rest of that session's week has no free times.
    next_week = {"date": (timezone.now() + 168 * HOUR).date()}
    assert "Move to this time" in signed_in(coach.user).get(there, next_week).content.decode()
