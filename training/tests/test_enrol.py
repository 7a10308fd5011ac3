from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE
from training import actions
from training.actions import Learner
from training.models import Cohort, CourseBooking, Enrolment
from training.tests.conftest import EARLY, learner


def test_one_enrols_oneself_and_pays(cohort, client_user, enrol_self, terms):
    booking = enrol_self(client_user)

    cohort.refresh_from_db()
    assert cohort.taken == 1
    assert booking.organisation is None
    assert booking.price == cohort.course.price
    assert booking.terms_sha256 == terms.sha256
    assert booking.enrolments.get().learner == client_user


def test_a_contact_enrols_four_named_delegates_and_one_to_be_named(contact, enrol_staff, cohort):
    booking = enrol_staff(contact, "Ann", "Ben", "Cat", "Dan", None)

    cohort.refresh_from_db()
    assert cohort.taken == 5
    assert len(booking.live_places) == 5
    assert len(booking.unnamed_places) == 1
    assert booking.total == 5 * cohort.course.price


def test_the_last_places_are_sold_and_not_one_more(
    contact, client_user, make_cohort, enrol_staff, enrol_self
):
    cohort = make_cohort(capacity=4)
    enrol_staff(contact, "Ann", "Ben", "Cat", cohort=cohort)
    enrol_self(client_user, cohort=cohort)

    with pytest.raises(actions.CohortFull) as full:
        enrol_staff(contact, "Dan", cohort=cohort)

    assert full.value.left == 0
    assert "waiting list" in str(full.value)
    assert Enrolment.objects.filter(cohort=cohort).count() == 4


def test_five_wanted_and_three_left_is_told_and_nothing_is_sold(contact, make_cohort, enrol_staff):
    cohort = make_cohort(capacity=3)

    with pytest.raises(actions.CohortFull, match="Only 3 places are left") as full:
        enrol_staff(contact, "Ann", "Ben", "Cat", "Dan", "Eve", cohort=cohort)

    assert full.value.left == 3
    assert not CourseBooking.objects.exists()
    assert not OutgoingMessage.objects.exists()


def test_three_now_and_two_waiting_is_one_transaction(contact, make_cohort, enrol_staff):
    cohort = make_cohort(capacity=3)

    enrol_staff(contact, "Ann", "Ben", "Cat", cohort=cohort, waiting=2)

    cohort.refresh_from_db()
    assert cohort.taken == 3
    assert cohort.waiting_list.get().places == 2


def test_the_database_refuses_more_learners_than_places(cohort):
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(taken=cohort.capacity + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Cohort.objects.filter(pk=cohort.pk).update(taken=-1)

    Cohort.objects.filter(pk=cohort.pk).update(taken=cohort.capacity)


def test_one_person_is_in_a_cohort_once_in_any_letter_case(contact, enrol_staff, cohort):
    enrol_staff(contact, "Ann")

    with pytest.raises(actions.AlreadyEnrolled, match="already has a place"):
        enrol_staff(contact, "ANN")

    cohort.refresh_from_db()
    assert cohort.taken == 1


def test_nobody_is_told_that_another_organisation_enrolled_somebody(make_contact, enrol_staff):
    enrol_staff(make_contact("trust")[0], "Ann")

    with pytest.raises(actions.AlreadyEnrolled) as refusal:
        enrol_staff(make_contact("other")[0], "Ann")

    assert "already" not in str(refusal.value)


def test_the_same_person_by_account_and_by_address_is_one_person(
    make_user, contact, enrol_self, enrol_staff
):
    enrol_self(make_user("ann@trust.example.org", name="Ann"))

    with pytest.raises(actions.AlreadyEnrolled):
        enrol_staff(contact, "Ann")


def test_enrolment_is_open_until_the_course_begins(client_user, enrol_self, stranger):
    enrol_self(client_user, at=NINE - timedelta(microseconds=1))

    with pytest.raises(actions.EnrolmentClosed):
        enrol_self(stranger, at=NINE)


def test_enrolment_may_close_earlier(make_cohort, client_user, enrol_self, stranger):
    closes_at = NINE - timedelta(days=3)
    cohort = make_cohort(enrolment_closes_at=closes_at)
    enrol_self(client_user, cohort=cohort, at=closes_at - timedelta(seconds=1))

    with pytest.raises(actions.EnrolmentClosed):
        enrol_self(stranger, cohort=cohort, at=closes_at)


@pytest.mark.parametrize("status", ["DRAFT", "CANCELLED", "FINISHED"])
def test_only_open_cohorts_take_learners(make_cohort, client_user, enrol_self, status):
    with pytest.raises(actions.EnrolmentClosed):
        enrol_self(client_user, cohort=make_cohort(status=status))


def test_one_cannot_enrol_somebody_else_without_an_organisation(cohort, client_user, terms):
    for learners in ([learner("Ann")], [Learner("Cleo", client_user.email), learner("Ann")], []):
        with pytest.raises(actions.NotEntitled):
            actions.enrol(cohort=cohort, by=client_user, learners=learners, terms=terms, at=EARLY)


def test_only_a_training_contact_spends_an_organisations_money(contact, make_user, enrol_staff):
    member = make_user("member@trust.example.org", name="Mel Member")
    member.memberships.create(organisation=contact.memberships.get().organisation)

    with pytest.raises(actions.NotEntitled):
        enrol_staff(member, "Ann")


@pytest.mark.parametrize("number", ["", "PO-12345", "PO-1234567", "xPO-123456"])
def test_a_purchase_order_that_finance_would_refuse_is_refused(contact, enrol_staff, number):
    with pytest.raises(actions.PurchaseOrderRefused):
        enrol_staff(contact, "Ann", purchase_order=number)

    assert enrol_staff(contact, "Ann", purchase_order="PO-123456").purchase_order == "PO-123456"


def test_the_price_and_terms_stay_as_they_were_accepted(contact, enrol_staff, cohort, terms):
    booking = enrol_staff(contact, "Ann")
    cohort.course.price = 500
    cohort.course.save()
    terms.schedule = []
    terms.save()

    booking = CourseBooking.objects.get(pk=booking.pk)

    assert booking.total == 295
    assert booking.schedule[0] == {"days": 42, "percent": 0}
