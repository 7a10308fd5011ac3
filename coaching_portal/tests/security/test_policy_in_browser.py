"""The admin and the public pages keep the content security policy: Chromium would complain."""

import pytest
from django.contrib import admin
from django.urls import reverse

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

PUBLIC = ["/", "/coaching/", "/coaches/", "/contact/", "/courses/", "/leaders/", "/no-such-page/"]


def _admin_addresses():
    """The index, and every model's list and form."""
    yield reverse("admin:index")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        yield reverse(f"{name}_add")


def _breaches(page):
    return [said for said in page.complaints if "Content Security Policy" in said]


def test_the_admin_needs_nothing_that_the_policy_forbids(browse, make_user):
    boss = make_user("boss@example.org", is_staff=True, is_superuser=True)
    page = browse(user=boss)

    breaches = {}
    for address in _admin_addresses():
        page.goto(address)
        if found := _breaches(page):
            breaches[address] = found
        page.complaints.clear()

    assert breaches == {}


def test_public_pages_need_nothing_that_the_policy_forbids(browse, coach):
    page = browse()

    for address in PUBLIC:
        page.goto(address)
    page.goto(f"/coaches/{coach.slug}/")

    assert _breaches(page) == []
