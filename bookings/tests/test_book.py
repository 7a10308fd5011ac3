from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bookings import actions
from bookings.actions.booking_request import BookingRequest, Details
from bookings.models import AgendaItem, CoachingSession
from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    accepted,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Client, Organisation

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("minutes", "price"),
    [(60, "75.00"), (75, "93.75"), (90, "112.50"), (105, "131.25"), (120, "150.00")],
)
def test_a_session_costs_75_pounds_an_hour(coach, client_user, minutes, price):
    session = book_session(coach, client_user, minutes=minutes)

    assert session.price == Decimal(price)
    assert session.status == CoachingSession.Status.BOOKED


def test_booking_remembers_who_what_and_when(coach, client_user):
    session = book_session(coach, client_user, needs="A lift", agenda="The new rota")

    assert (session.booked_by, session.booked_at) == (client_user, WEEKS_AHEAD)
    assert session.sequence == 0
    assert session.agenda.get().text == "The new rota"
    assert session.events.get().what == "BOOKED"
    assert Client.objects.get().user == client_user


def test_the_agreement_is_kept_with_its_version_and_hash(coach, client_user):
    agreement = book_session(coach, client_user).agreement

    assert (agreement.text.version, agreement.sha256) == (1, agreement.text.sha256)
    assert (agreement.accepted_by, agreement.accepted_at) == (client_user, WEEKS_AHEAD)
    assert agreement.terms["price"] == "75.00"


def test_without_the_agreement_nothing_is_booked(coach, client_user):
    open_hours(coach)

    with pytest.raises(actions.AgreementNeeded):
        actions.book(
            booking_request=BookingRequest(coach, NINE, 60),
            client=client_user,
            by=client_user,
            at=WEEKS_AHEAD,
        )

    assert not CoachingSession.objects.exists()


@pytest.mark.parametrize(
    ("starts_at", "minutes", "reason"),
    [
        (NINE - timedelta(days=1), 60, "does not offer that time"),  # Sunday
        (WEEKS_AHEAD - timedelta(days=1), 60, "has passed"),
        (NINE.replace(year=2099), 60, "does not offer that time"),
        (NINE + timedelta(minutes=10), 60, "does not offer that time"),  # off the grid
        (NINE + 8 * HOUR, 60, "does not offer that time"),  # after hours
        (NINE, 61, "does not offer sessions of"),
        (NINE, 45, "does not offer sessions of"),
    ],
)
def test_what_was_not_offered_is_refused_with_the_reason(
    coach, client_user, starts_at, minutes, reason
):
    with pytest.raises(Refusal, match=reason):
        book_session(coach, client_user, starts_at=starts_at, minutes=minutes)

    assert not CoachingSession.objects.exists()


def test_a_place_that_is_not_offered_is_refused(coach, client_user):
    open_hours(coach, offers_practice=False)

    with pytest.raises(actions.NotOffered, match="at that location"):
        actions.book(
            booking_request=BookingRequest(
                coach, NINE, 60, location=CoachingSession.Location.PRACTICE
            ),
            client=client_user,
            by=client_user,
            at=WEEKS_AHEAD,
            details=accepted(coach),
        )


def test_a_booked_hour_is_taken_and_touching_hours_are_free(coach, client_user, stranger):
    book_session(coach, client_user, starts_at=NINE + HOUR)

    with pytest.raises(actions.TimeTaken):
        book_session(coach, stranger, starts_at=NINE + HOUR + timedelta(minutes=30))
    assert book_session(coach, stranger, starts_at=NINE)
    assert book_session(coach, stranger, starts_at=NINE + 2 * HOUR)


def test_book_cancel_and_book_the_same_hour_again(coach, client_user):
    first = book_session(coach, client_user)
    actions.cancel(session=first, by=client_user, at=WEEKS_AHEAD)

    again = book_session(coach, client_user)

    assert again.pk != first.pk


def test_the_buffer_is_kept_free(coach, client_user, stranger):
    open_hours(coach, buffer_minutes=15, grid_minutes=15)
    session = book_session(coach, client_user, starts_at=NINE + HOUR)

    assert session.free_again_at == session.ends_at + timedelta(minutes=15)
    with pytest.raises(actions.TimeTaken):
        book_session(coach, stranger, starts_at=NINE + 2 * HOUR)
    assert book_session(coach, stranger, starts_at=NINE + 2 * HOUR + timedelta(minutes=15))


def test_the_introduction_is_free_and_once(coach, client_user, stranger):
    introduction = book_session(coach, client_user, minutes=30)

    assert introduction.is_introduction
    assert introduction.price == 0
    with pytest.raises(actions.IntroductionUsed):
        book_session(coach, client_user, starts_at=NINE + HOUR, minutes=30)
    assert book_session(coach, stranger, starts_at=NINE + HOUR, minutes=30)


def test_a_cancelled_introduction_may_be_booked_again(coach, client_user):
    introduction = book_session(coach, client_user, minutes=30)
    actions.cancel(session=introduction, by=client_user, at=WEEKS_AHEAD)

    assert book_session(coach, client_user, minutes=30)


def test_a_client_cannot_be_in_two_places(coach, make_user, client_user):
    from profiles.models import Coach

    other = Coach.objects.create(user=make_user("coach2@example.org"), slug="other")
    book_session(coach, client_user)

    with pytest.raises(actions.ClientIsBusy):
        book_session(other, client_user, starts_at=NINE + timedelta(minutes=30))


def test_the_payer_is_kept_with_the_purchase_order(coach, client_user):
    trust = Organisation.objects.create(name="Example Trust")

    session = book_session(coach, client_user, organisation=trust, purchase_order="PO-1")

    assert (session.organisation, session.purchase_order) == (trust, "PO-1")


def test_the_coach_books_for_a_client_outside_her_hours_but_never_on_top(coach, client_user):
    open_hours(coach)
    evening = BookingRequest(coach, NINE + 10 * HOUR, 60, outside_hours=True)

    session = actions.book(
        booking_request=evening, client=client_user, by=coach.user, at=WEEKS_AHEAD
    )

    assert session.booked_by == coach.user
    with pytest.raises(actions.TimeTaken):
        actions.book(
            booking_request=replace(evening, starts_at=NINE + 10.5 * HOUR),
            client=client_user,
            by=coach.user,
            at=WEEKS_AHEAD,
        )


def test_a_client_cannot_leave_the_coachs_hours(coach, client_user):
    open_hours(coach)
    evening = BookingRequest(coach, NINE + 10 * HOUR, 60, outside_hours=True)

    with pytest.raises(actions.NotOffered):
        actions.book(
            booking_request=evening,
            client=client_user,
            by=client_user,
            at=WEEKS_AHEAD,
            details=Details(),
        )


def test_a_programme_keeps_its_rate_when_the_coach_raises_hers(coach, client_user):
    programme = agreed_programme(coach, client_user)
    coach.hourly_rate = Decimal("85.00")
    coach.save()

    inside = book_session(coach, client_user, programme=programme)
    outside = book_session(coach, client_user, starts_at=NINE + HOUR)

    assert (inside.rate, inside.agreement) == (Decimal("75.00"), programme.agreement)
    assert outside.rate == Decimal("85.00")


def test_the_seventh_session_of_six_is_refused(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=6)
    for hour in range(6):
        book_session(coach, client_user, starts_at=NINE + hour * HOUR, programme=programme)

    with pytest.raises(actions.AllowanceUsed) as refusal:
        book_session(coach, client_user, starts_at=NINE + 6 * HOUR, programme=programme)

    assert str(refusal.value) == (
        "You have used all 6 agreed sessions. "
        "Ask Una Umber for a review: email practice@example.org."
    )


def test_a_session_cancelled_in_time_is_returned_to_the_allowance(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    session = book_session(coach, client_user, programme=programme)
    assert programme.sessions_left == 0

    actions.cancel(session=session, by=client_user, at=NINE - 48 * HOUR)

    assert programme.sessions_left == 1


def test_a_session_cancelled_late_stays_used(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    session = book_session(coach, client_user, programme=programme)

    actions.cancel(session=session, by=client_user, at=NINE - 47 * HOUR)

    assert programme.sessions_left == 0


def test_a_programme_of_somebody_else_or_not_agreed_cannot_be_booked(coach, client_user, stranger):
    programme = agreed_programme(coach, client_user)
    with pytest.raises(actions.NotOffered):
        book_session(coach, stranger, programme=programme)

    programme.status = programme.Status.PAUSED
    programme.save()
    with pytest.raises(actions.NotOffered):
        book_session(coach, client_user, programme=programme)
    assert not AgendaItem.objects.exists()
