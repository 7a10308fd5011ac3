"""Signing up, and every page about the account, in Chromium."""

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from coaching_portal.testing.chromium import barriers, violations
from coaching_portal.testing.plugin import secret_sent_to
from profiles.tests.signing import PASSWORD, code_now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

OPEN_PAGES = [
    "/account/login/",
    "/account/signup/",
    "/account/inactive/",
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/1-1/",
    "/account/password/reset/key/done/",
]
OWN_PAGES = [
    "/account/",
    "/account/details/",
    "/account/email/",
    "/account/password/change/",
    "/account/logout/",
    "/account/sessions/",
    "/account/2fa/",
]


def sign_in(page, email="jo@example.org"):
    page.goto("/account/login/?next=/account/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_a_visitor_signs_up_with_a_code_and_goes_on(browse, script):
    page = browse(width=390, script=script)
    page.goto("/account/login/?next=/account/details/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_role("button", name="Create my account").click()
    assert page.title().startswith("Error: ")
    assert page.locator("#error-summary li").count() == 3

    page.get_by_label("Your name").fill("Nell New")
    page.get_by_label("Email address").fill("nell@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create my account").click()
    assert page.get_by_role("heading", name="Enter the code").is_visible()
    page.get_by_label("Code").fill(secret_sent_to("nell@example.org")["code"])
    page.get_by_role("button", name="Confirm").click()

    page.wait_for_url("**/account/details/")
    assert page.get_by_label("Your name").input_value() == "Nell New"
    assert page.complaints == []


def test_the_second_step_is_set_up_and_used(browse, jo):
    page = browse()
    sign_in(page)
    page.goto("/account/")
    page.get_by_role("link", name="Set up the second step").click()
    page.get_by_role("link", name="Set up an app").click()
    assert violations(page) == []
    secret = page.locator("code").inner_text()
    page.get_by_label("Code from the app").fill(code_now(secret))
    page.get_by_role("button", name="Turn on the second step").click()
    assert page.locator(".recovery-codes code").count() == 10
    assert violations(page) == []
    recovery_code = page.locator(".recovery-codes code").first.inner_text()
    assert page.complaints == []

    other = browse(width=390, dark=True)
    sign_in(other)
    assert other.get_by_role("heading", name="Enter your code").is_visible()
    assert violations(other) == []
    other.get_by_label("Code").fill(recovery_code)
    other.get_by_role("button", name="Sign in", exact=True).click()

    other.goto("/account/2fa/")
    assert other.get_by_text("You have 9 recovery codes left").is_visible()
    assert violations(other) == []
    for name in ("mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        other.goto(reverse(name))
        assert violations(other) == []
    assert Authenticator.objects.filter(user=jo).count() == 2


def test_the_pages_for_signing_in_suit_everybody(browse):
    page = browse()

    for address in OPEN_PAGES:
        page.goto(address)
        assert barriers(page) == [], address
    assert page.complaints == []


def test_the_accounts_pages_suit_everybody(browse, jo):
    page = browse()
    sign_in(page)

    for address in OWN_PAGES:
        page.goto(address)
        assert barriers(page) == [], address
    page.goto("/account/details/")
    page.get_by_label("Your name").fill("")
    page.get_by_role("button", name="Save").click()
    assert barriers(page) == []
    assert page.complaints == []
