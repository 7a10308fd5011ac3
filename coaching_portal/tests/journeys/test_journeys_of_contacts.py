"""A training contact in Chromium: enrols staff, names one later, and the cohort fills up."""

from datetime import timedelta

import pytest
from django.utils import timezone

from coaching_portal.tests.browser import (
    fill_in,
    follow,
    in_every_way,
    is_at,
    is_told_of_problem,
    press,
    sees,
)
from profiles.models import Membership, Organisation
from training import actions
from training.models import Cohort, Course, CourseBooking, TeachingSession

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cohort(db):
    """Three places on one day in two months."""
    course = Course.objects.create(
        slug="clinical-audit", title="Clinical audit", price=295, cpd_hours=6, is_published=True
    )
    cohort = Cohort.objects.create(
        course=course, capacity=3, status=Cohort.Status.OPEN, venue="Example Hall"
    )
    starts_at = timezone.now() + timedelta(days=60)
    ends_at = starts_at + timedelta(hours=6)
    TeachingSession.objects.create(cohort=cohort, starts_at=starts_at, ends_at=ends_at)
    return cohort


@pytest.fixture
def contact(make_user):
    trust = Organisation.objects.create(
        name="Example Trust",
        requires_purchase_order=True,
        purchase_order_mask="PO-999999",
        purchase_order_hint="PO- and six digits",
    )
    user = make_user("contact@trust.example.org", name="Connie Contact")
    Membership.objects.create(user=user, organisation=trust, role=Membership.Role.TRAINING_CONTACT)
    return user


@in_every_way
def test_three_are_enrolled_one_named_later_and_the_next_waits(
    arrive, post_office, cohort, contact, stranger, way
):
    page, late_comer = arrive(user=contact, **way), arrive(user=stranger, **way)
    _enrol_three(page)
    is_at(page, "Enrolled")
    assert "PO-123456" in _text(post_office.newest_to(contact.email))
    assert len(post_office.mails_to("ann@trust.example.org")) == 1

    _join_the_waiting_list(late_comer)
    sees(late_comer, "number 1 on the waiting list")

    follow(page, "See or change this booking")
    follow(page, "Name delegate 3")
    fill_in(page, {"Full name": "Cat", "Email address": "cat@trust.example.org"})
    press(page, "Name the delegate")
    sees(page, "cat@trust.example.org")
    assert len(post_office.mails_to("cat@trust.example.org")) == 1

    follow(page, "Cancel the place of Ann")
    press(page, "Cancel 1 place, free")
    sees(page, "Cancelled.")
    assert [place.name for place in CourseBooking.objects.get().live_places] == ["Ben", "Cat"]
    actions.offer_free_places(at=timezone.now())
    late_comer.reload()
    follow(late_comer, "Accept or decline the offer")
    fill_in(late_comer, {"I accept these terms": True})
    press(late_comer, "Accept and enrol, £295.00")
    is_at(late_comer, "Enrolled")


def _enrol_three(page):
    page.goto("/courses/")
    follow(page, "Clinical audit")
    follow(page, "Enrol", exact=True)
    _name_two_of_three(page)
    press(page, "Continue")
    is_told_of_problem(page, "purchase order")
    fill_in(page, {"Purchase order number": "PO-123456"})
    press(page, "Continue")

    is_at(page, "Check your answers")
    press(page, "Enrol 3 people, £885.00")
    is_told_of_problem(page, "Tick that you accept the terms.")
    fill_in(page, {"I accept these terms": True})
    press(page, "Enrol 3 people, £885.00")


def _name_two_of_three(page):
    for number, name in enumerate(["Ann", "Ben"], start=1):
        delegate = page.get_by_role("group", name=f"Delegate {number}")
        email = f"{name.lower()}@trust.example.org"
        fill_in(delegate, {"Full name": name, "Email address": email})
        press(page, "Add another delegate")
    delegate = page.get_by_role("group", name="Delegate 3")
    fill_in(delegate, {"I will name this delegate later": True})


def _join_the_waiting_list(page):
    page.goto("/courses/clinical-audit/")
    sees(page, "Waiting list")
    page.get_by_role("main").get_by_role("table").get_by_role("link").click()
    follow(page, "Join the waiting list")
    is_at(page, "Waiting list: Clinical audit")
    press(page, "Join the waiting list")
    is_at(page, "My learning")


def _text(mail):
    return mail.get_body("plain").get_content()
