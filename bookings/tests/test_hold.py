from datetime import timedelta

import pytest

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.models import BookingRules, CoachingSession
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE

MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def hold(coach):
    open_hours(coach)

    def hold(*, starts_at=NINE, at=WEEKS_AHEAD, visitor_key="me", client=None):
        booking_request = BookingRequest(coach, starts_at, 60)
        return actions.hold(
            booking_request=booking_request, at=at, visitor_key=visitor_key, client=client
        )

    return hold


def test_a_hold_hides_its_time_from_others_for_ten_minutes(coach, hold, stranger):
    hold()

    with pytest.raises(actions.TimeTaken):
        hold(visitor_key="other", at=WEEKS_AHEAD + 10 * MINUTE - SECOND)
    assert hold(visitor_key="other", at=WEEKS_AHEAD + 10 * MINUTE)


def test_a_hold_lasts_thirty_minutes_once_sign_up_has_begun(hold):
    hold()
    actions.extend_hold(visitor_key="me", at=WEEKS_AHEAD + 5 * MINUTE)

    with pytest.raises(actions.TimeTaken):
        hold(visitor_key="other", at=WEEKS_AHEAD + 30 * MINUTE - SECOND)
    assert hold(visitor_key="other", at=WEEKS_AHEAD + 30 * MINUTE)


def test_beginning_to_sign_up_again_and_again_does_not_keep_a_time(hold):
    session = hold()
    for minutes in (5, 15, 25):
        actions.extend_hold(visitor_key="me", at=WEEKS_AHEAD + minutes * MINUTE)

    session.refresh_from_db()
    assert session.held_until == WEEKS_AHEAD + 30 * MINUTE


def test_a_visitor_has_one_hold(hold):
    hold()
    hold(starts_at=NINE + 60 * MINUTE)

    assert CoachingSession.objects.get().starts_at == NINE + 60 * MINUTE


def test_holding_the_same_time_again_works(hold):
    hold()
    hold(at=WEEKS_AHEAD + MINUTE)

    assert CoachingSession.objects.get().held_until == WEEKS_AHEAD + 11 * MINUTE


def test_a_hold_becomes_the_booked_session(coach, hold, client_user):
    held = hold()

    session = actions.book(
        booking_request=BookingRequest(coach, NINE, 60),
        client=client_user,
        by=client_user,
        at=WEEKS_AHEAD + MINUTE,
        details=accepted(coach),
        visitor_key="me",
    )

    assert session.pk == held.pk
    assert (session.visitor_key, session.held_until) == ("", None)


def test_a_hold_that_ran_out_is_booked_all_the_same_while_the_time_is_free(
    coach, hold, client_user
):
    hold()

    session = actions.book(
        booking_request=BookingRequest(coach, NINE, 60),
        client=client_user,
        by=client_user,
        at=WEEKS_AHEAD + 60 * MINUTE,
        details=accepted(coach),
        visitor_key="me",
    )

    assert session.is_booked


def test_a_hold_that_ran_out_gives_way(coach, hold, client_user, stranger):
    hold()
    hold(visitor_key="other", at=WEEKS_AHEAD + 10 * MINUTE)

    with pytest.raises(actions.TimeTaken):
        book_session(coach, client_user, at=WEEKS_AHEAD + 11 * MINUTE)


def test_the_notice_does_not_run_out_while_the_details_are_typed(coach, hold, client_user):
    day_before = NINE - timedelta(hours=24)
    hold(at=day_before)

    session = actions.book(
        booking_request=BookingRequest(coach, NINE, 60),
        client=client_user,
        by=client_user,
        at=day_before + 9 * MINUTE,
        details=accepted(coach),
        visitor_key="me",
    )

    assert session.is_booked


def test_without_a_hold_the_notice_counts_at_the_moment_of_booking(coach, client_user):
    with pytest.raises(actions.NotOffered):
        book_session(coach, client_user, at=NINE - timedelta(hours=24) + SECOND)

    assert book_session(coach, client_user, at=NINE - timedelta(hours=24))


def test_a_hold_is_nobodys_session(hold, client_user):
    hold(client=client_user)

    assert not CoachingSession.objects.visible_to(client_user).exists()


@pytest.mark.parametrize(("seconds", "is_booked"), [(-1, True), (0, False), (60, False)])
def test_a_hold_is_not_booked_once_its_session_has_begun(
    coach, hold, client_user, seconds, is_booked
):
    BookingRules.objects.update(minimum_notice_minutes=0)
    hold(at=NINE - MINUTE)

    def book():
        return actions.book(
            booking_request=BookingRequest(coach, NINE, 60),
            client=client_user,
            by=client_user,
            at=NINE + timedelta(seconds=seconds),
            details=accepted(coach),
            visitor_key="me",
        )

    if is_booked:
        assert book().is_booked
    else:
        with pytest.raises(actions.NotOffered, match="has passed"):
            book()
