"""What cancelling costs, by the terms accepted; and what it gives back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from coaching_portal.testing.plugin import NINE
from training import actions
from training.fees import cancellation_fee, percent_due
from training.models import CourseBooking, Enrolment
from training.models.terms import USUAL_SCHEDULE
from training.tests.conftest import EARLY


@pytest.mark.parametrize(
    ("days", "percent"), [(60, 0), (42, 0), (41, 50), (21, 50), (20, 100), (0, 100), (-1, 100)]
)
def test_42_days_or_more_free_21_to_41_half_fewer_all(days, percent):
    assert percent_due(USUAL_SCHEDULE, days) == percent


def test_without_steps_all_is_due():
    assert percent_due([], 100) == 100


def test_days_are_londons_calendar_days():
    begins_at = datetime(2027, 6, 7, 8, tzinfo=UTC)  # 42 days after 26 April, in summer time

    def fee(*moment):
        cancelled_at = datetime(*moment, tzinfo=UTC)
        return cancellation_fee(
            USUAL_SCHEDULE, Decimal("295.01"), begins_at=begins_at, cancelled_at=cancelled_at
        )

    assert fee(2027, 4, 26, 22, 59, 59) == 0
    assert fee(2027, 4, 26, 23) == Decimal("147.51")  # midnight in London; half a penny up


@pytest.mark.parametrize(("days", "fee"), [(42, "0.00"), (41, "147.50"), (20, "295.00")])
def test_an_organisation_pays_by_the_terms_of_its_booking(contact, enrol_staff, terms, days, fee):
    booking = enrol_staff(contact, "Ann", "Ben")
    terms.schedule = [{"days": 0, "percent": 10}]
    terms.save()

    actions.cancel_place(place=booking.places[0], by=contact, at=NINE - timedelta(days=days))

    ann = Enrolment.objects.get(name="Ann")
    assert (ann.status, ann.fee) == ("CANCELLED", Decimal(fee))
    assert CourseBooking.objects.get().total == 295 + Decimal(fee)


def test_a_person_may_cancel_freely_within_fourteen_days(client_user, enrol_self, stranger):
    at = NINE - timedelta(days=10)
    soon = enrol_self(client_user, at=at - timedelta(days=14))
    late = enrol_self(stranger, at=at - timedelta(days=15))

    assert soon.fee_if_cancelled(at) == 0
    assert late.fee_if_cancelled(at) == 295


def test_an_organisation_has_no_fourteen_days(contact, enrol_staff):
    at = NINE - timedelta(days=10)

    assert enrol_staff(contact, "Ann", at=at).fee_if_cancelled(at) == 295


def test_cancelled_places_can_be_sold_again(contact, enrol_staff, make_cohort):
    cohort = make_cohort(capacity=2)
    booking = enrol_staff(contact, "Ann", "Ben", cohort=cohort)

    actions.cancel_booking(booking=booking, by=contact, at=EARLY)

    cohort.refresh_from_db()
    booking.refresh_from_db()
    assert cohort.taken == 0
    assert booking.cancelled_at == EARLY
    enrol_staff(contact, "Ann", "Ben", cohort=cohort)


def test_cancelling_twice_changes_nothing_more(contact, enrol_staff, cohort):
    booking = enrol_staff(contact, "Ann", "Ben")
    place = booking.places[0]

    for at in (EARLY, NINE - timedelta(days=1)):
        actions.cancel_place(place=place, by=contact, at=at)

    place.refresh_from_db()
    cohort.refresh_from_db()
    assert (place.ended_at, place.fee) == (EARLY, 0)
    assert cohort.taken == 1
    assert CourseBooking.objects.get().cancelled_at is None


def test_a_course_that_has_begun_cannot_be_cancelled(client_user, enrol_self):
    booking = enrol_self(client_user)

    with pytest.raises(actions.AlreadyBegun):
        actions.cancel_booking(booking=booking, by=client_user, at=NINE)
    actions.cancel_booking(booking=booking, by=client_user, at=NINE - timedelta(microseconds=1))


def test_a_cohort_called_off_costs_nobody_anything(
    cohort, contact, enrol_staff, client_user, enrol_self, stranger, admin_user
):
    enrol_staff(contact, "Ann")
    enrol_self(client_user)
    actions.join_waiting_list(cohort=cohort, by=stranger, at=EARLY)

    for _ in range(2):
        actions.cancel_cohort(cohort=cohort, by=admin_user, at=NINE - timedelta(days=1))

    cohort.refresh_from_db()
    assert cohort.is_cancelled
    assert cohort.taken == 0
    assert {booking.total for booking in CourseBooking.objects.all()} == {0}
    assert not cohort.waiting_list.waiting().exists()


def test_the_page_shows_the_fee_before_the_button_and_charges_no_other(
    signed_in, contact, enrol_staff
):
    booking = enrol_staff(contact, "Ann", "Ben")
    address = f"/learning/bookings/{booking.uuid}/cancel/"
    with time_machine.travel(NINE - timedelta(days=30)) as clock:
        client = signed_in(contact)
        page = client.get(address).content.decode()
        assert "Cancel 2 places, £295.00" in page
        assert Enrolment.objects.live().count() == 2

        clock.move_to(NINE - timedelta(days=20))
        page = client.post(address, {"fee": "295.00"}).content.decode()
        assert "Cancel 2 places, £590.00" in page
        assert Enrolment.objects.live().count() == 2

        page = client.post(address, {"fee": "590.00"}, follow=True).content.decode()
        assert "Cancelled." in page
        assert not Enrolment.objects.live().exists()
