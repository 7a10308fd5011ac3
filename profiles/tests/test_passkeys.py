"""Passkeys in Chromium, with an authenticator of its own that the browser plays."""

import pytest
from allauth.mfa.models import Authenticator

from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.chromium import barriers
from profiles.models import Coach
from profiles.tests.signing import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def device(browse, live_server):
    """device(verified=True): a page of a browser that has an authenticator of its own.

    Passkeys belong to a name, and a browser without https takes none but localhost.
    """
    here = live_server.url.replace("127.0.0.1", "localhost")

    def open_device(*, verified=True, **how):
        page = browse(**how)
        page.site = here
        page.devtools = page.context.new_cdp_session(page)
        page.devtools.send("WebAuthn.enable")
        page.authenticator = add_authenticator(page, verified)
        return page

    return open_device


def add_authenticator(page, verified):
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = page.devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return made["authenticatorId"]


def keys_of(page):
    which = {"authenticatorId": page.authenticator}
    return page.devtools.send("WebAuthn.getCredentials", which)["credentials"]


def forget_keys(page):
    page.devtools.send("WebAuthn.clearCredentials", {"authenticatorId": page.authenticator})


def take_keys_along(page, other):
    """The other device has the same passkeys, as one that a maker's cloud carries over."""
    for key in keys_of(page):
        which = {"authenticatorId": other.authenticator, "credential": key}
        other.devtools.send("WebAuthn.addCredential", which)


def go(page, path):
    page.goto(page.site + path)


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def sign_in(page, email="jo@example.org"):
    go(page, "/account/login/?next=/account/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")


def add_passkey(page, name="My phone", *, alone=True):
    go(page, "/account/2fa/webauthn/add/")
    page.get_by_label("Name of the passkey").fill(name)
    page.get_by_label("Sign in with it alone").set_checked(alone)
    press(page, "Add the passkey")
    page.wait_for_url("**/account/2fa/**codes/" if alone is not None else "**/account/2fa/")


def test_a_passkey_is_added_and_signs_in_alone(device, jo):
    page = device(width=390)
    sign_in(page)
    go(page, "/account/2fa/")
    assert barriers(page) == []
    page.get_by_role("link", name="Add a passkey").click()
    assert barriers(page) == []
    add_passkey(page)
    assert page.locator(".recovery-codes code").count() == 10
    assert OutgoingMessage.objects.latest("pk").kind == "account-passkey-added"

    other = device(dark=True)
    take_keys_along(page, other)
    go(other, "/account/login/?next=/account/details/")
    press(other, "Sign in with a passkey")

    other.wait_for_url("**/account/details/")
    assert page.complaints == other.complaints == []


def test_a_passkey_is_the_second_step_after_the_password(device, jo):
    page = device()
    sign_in(page)
    add_passkey(page, alone=False)

    other = device()
    take_keys_along(page, other)
    sign_in(other)
    assert other.get_by_role("heading", name="Enter your code").is_visible()
    assert barriers(other) == []
    press(other, "Use my passkey")

    other.wait_for_url("**/account/")
    assert other.complaints == []


def test_another_devices_passkey_signs_nobody_in(device, jo, make_user):
    make_user("eve@example.org", password=PASSWORD)
    theirs, hers = device(), device()
    sign_in(theirs)
    add_passkey(theirs)
    sign_in(hers, "eve@example.org")
    add_passkey(hers)

    hers.context.clear_cookies()
    sign_in(hers)
    press(hers, "Use my passkey")

    hers.get_by_text("No passkey was used").wait_for()
    go(hers, "/account/")
    assert "/account/2fa/authenticate/" in hers.url


def test_a_passkey_that_the_portal_has_forgotten_is_refused_in_words(device, jo):
    page = device()
    sign_in(page)
    add_passkey(page)
    Authenticator.objects.all().delete()
    page.context.clear_cookies()

    go(page, "/account/login/")
    press(page, "Sign in with a passkey")

    page.get_by_role("alert").or_(page.locator(".alert-error, .alert-danger")).first.wait_for()
    assert "/account/login/" in page.url
    assert barriers(page) == []


def test_whoever_does_not_prove_to_be_its_owner_cannot_use_it_alone(device, jo):
    page = device()
    sign_in(page)
    add_passkey(page)
    thief = device(verified=False)
    take_keys_along(page, thief)

    go(thief, "/account/login/")
    press(thief, "Sign in with a passkey")

    thief.get_by_text("No passkey was used").wait_for()
    go(thief, "/account/")
    assert "/account/login/" in thief.url


def test_a_passkey_is_renamed_and_removed(device, jo):
    page = device(width=390, dark=True)
    sign_in(page)
    add_passkey(page)
    go(page, "/account/2fa/")
    assert barriers(page) == []

    page.get_by_role("link", name="Rename My phone").click()
    assert barriers(page) == []
    page.get_by_label("Name of the passkey").fill("The old one " * 6)
    press(page, "Save name")
    page.get_by_role("link", name="Remove The old one").click()
    assert barriers(page) == []
    press(page, "Remove passkey")

    page.get_by_text("The passkey was removed").wait_for()
    assert not Authenticator.objects.filter(type="webauthn").exists()
    assert OutgoingMessage.objects.latest("pk").kind == "account-passkey-removed"
    assert page.complaints == []


def test_a_coachs_only_second_step_stays_until_there_is_another(device, jo, settings):
    settings.REQUIRE_MFA = True
    Coach.objects.create(user=jo, slug="jo")
    page = device()
    sign_in(page)
    page.get_by_role("link", name="Add a passkey instead").click()
    add_passkey(page)
    go(page, "/account/2fa/")

    page.get_by_role("link", name="Remove My phone").click()

    page.get_by_text("your only second step").wait_for()
    assert Authenticator.objects.filter(type="webauthn").exists()
    forget_keys(page)  # else the browser says that it has one already
    add_passkey(page, "My computer", alone=None)
    page.get_by_role("link", name="Remove My phone").click()
    press(page, "Remove passkey")
    page.get_by_text("The passkey was removed").wait_for()
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_without_script_codes_are_offered_instead(browse, jo):
    page = browse(script=False)
    page.goto("/account/login/")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    page.get_by_label("Email address").fill("jo@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign in")

    page.goto("/account/2fa/webauthn/add/")

    assert page.get_by_role("link", name="Use an app with codes").is_visible()
    assert not page.get_by_role("button", name="Add the passkey").is_visible()
