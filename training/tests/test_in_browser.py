"""Enrolling, naming and cancelling in Chromium, and every page of training as axe sees it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from coaching_portal.testing_browser import violations
from training.models import CourseBooking

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

LOOKS = [(1280, False), (390, True)]


@pytest.fixture
def cohort(make_cohort):
    return make_cohort(begins_at=timezone.now() + timedelta(days=60), capacity=4)


@pytest.mark.parametrize("script", [True, False])
def test_a_contact_enrols_three_names_one_later_and_cancels_one(browse, cohort, contact, script):
    page = browse(width=390, script=script, user=contact)
    page.goto("/courses/")
    page.get_by_role("link", name="Clinical audit", exact=False).first.click()
    page.get_by_role("link", name="Enrol").click()
    page.get_by_label("Purchase order number").fill("PO-123456")
    for number, name in enumerate(["Ann", "Ben"]):
        page.get_by_label("Full name").nth(number).fill(name)
        page.get_by_label("E-mail address").nth(number).fill(f"{name}@trust.example.org")
        page.get_by_role("button", name="Add another delegate").click()
    page.get_by_label("I will name this delegate later").nth(2).check()
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("button", name="Enrol 3 people, £885.00").click()
    assert page.title().startswith("Error: ")
    page.get_by_label("I accept these terms").check()
    page.get_by_role("button", name="Enrol 3 people, £885.00").click()
    assert page.get_by_role("heading", name="Enrolled").is_visible()

    page.get_by_role("link", name="See or change this booking").click()
    page.get_by_role("link", name="Name delegate 3").click()
    page.get_by_label("Full name").fill("Cat")
    page.get_by_label("E-mail address").fill("cat@trust.example.org")
    page.get_by_role("button", name="Name the delegate").click()
    page.get_by_role("link", name="Cancel the place of Ann").click()
    page.get_by_role("button", name="Cancel 1 place, free").click()
    assert page.get_by_text("Cancelled.").is_visible()
    assert [place.name for place in CourseBooking.objects.get().live_places] == ["Ben", "Cat"]
    assert page.complaints == []


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_every_page_suits_axe_and_fits_its_width(browse, cohort, contact, enrol_staff, width, dark):
    booking = enrol_staff(contact, "Ann", None, cohort=cohort, at=timezone.now())
    ann, unnamed = booking.places
    page = browse(width=width, dark=dark, user=contact)

    for address in (
        "/courses/",
        "/courses/clinical-audit/",
        cohort.get_absolute_url(),
        f"{cohort.get_absolute_url()}enrol/?for=me",
        f"{cohort.get_absolute_url()}enrol/?for=team",
        f"{cohort.get_absolute_url()}waiting-list/",
        "/learning/",
        reverse("training:booking", args=[booking.uuid]),
        reverse("training:booked", args=[booking.uuid]),
        reverse("training:cancel_booking", args=[booking.uuid]),
        reverse("training:name_place", args=[unnamed.uuid]),
        reverse("training:pass_on", args=[ann.uuid]),
    ):
        page.goto(address)
        assert violations(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
    assert page.complaints == []
