"""Strangers who guess at a password keep its owner out of no browser that the owner has used."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profiles.accounts import known_devices
from profiles.models import User
from profiles.tests.crowd import AT_ONCE, at_once, browser
from profiles.tests.signing import (
    CODE,
    PASSWORD,
    code_now,
    give_second_factor,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db

SIGN_IN = reverse("account_login")
TOO_MANY = "There have been too many attempts"
COOKIE = settings.KNOWN_DEVICE_COOKIE_NAME


@pytest.fixture
def known(jo):
    """A browser in which Jo has signed in, and out again."""
    browser = Client()
    sign_in(browser)
    browser.post(reverse("account_logout"))
    assert not is_signed_in(browser)
    return browser


def strangers_guess(times=6, email="jo@example.org", address="192.0.2.{}"):
    for number in range(times):
        sign_in(Client(), email, password="wrong", REMOTE_ADDR=address.format(number))


def test_strangers_who_guess_do_not_lock_a_known_device_out(known):
    strangers_guess()

    assert TOO_MANY in sign_in(Client(), REMOTE_ADDR="192.0.2.99").text
    assert sign_in(known).status_code == 302
    assert is_signed_in(known)


def test_strangers_behind_the_same_address_do_not_either(known, jo):
    """An office, a hotel, a telephone network: 30 tries a minute are refused with 429."""
    for number in range(31):
        answer = sign_in(Client(), f"a{number}@example.org", password="wrong")

    assert answer.status_code == 429
    assert sign_in(known).status_code == 302


def test_control_without_the_cookie_the_owner_is_kept_out(known):
    strangers_guess()
    del known.cookies[COOKIE]

    assert TOO_MANY in sign_in(known).text


def test_a_known_device_has_five_attempts_of_its_own(known):
    for _ in range(5):
        assert TOO_MANY not in sign_in(known, password="wrong").text

    assert TOO_MANY in sign_in(known).text
    assert sign_in(Client()).status_code == 302  # and uses up nobody else's


def test_it_is_known_to_its_own_account_only(known, kim):
    strangers_guess(email=kim.email)

    assert TOO_MANY in sign_in(known, kim.email).text


def test_signing_in_with_another_account_gives_no_further_attempts(known, kim):
    """Whoever has an account of their own does not reset what is counted for another."""
    for _ in range(5):
        sign_in(known, password="wrong")
    sign_in(known, kim.email)
    known.post(reverse("account_logout"))

    assert TOO_MANY in sign_in(known).text


def test_signing_in_again_gives_no_further_attempts(known):
    for _ in range(4):
        sign_in(known, password="wrong")
    sign_in(known)
    known.post(reverse("account_logout"))
    sign_in(known, password="wrong")

    assert TOO_MANY in sign_in(known).text


def test_two_accounts_can_be_known_to_one_browser(known, kim):
    sign_in(known, kim.email)
    known.post(reverse("account_logout"))
    strangers_guess()
    strangers_guess(email=kim.email)

    assert sign_in(known).status_code == 302


def test_a_new_password_ends_it(known, jo):
    jo.set_password("nine loud magpies")
    jo.save()
    strangers_guess()

    assert TOO_MANY in sign_in(known, password="nine loud magpies").text


def test_whoever_changes_the_password_stays_known_where_it_was_changed(known):
    elsewhere = Client()
    elsewhere.cookies[COOKIE] = known.cookies[COOKIE].value
    sign_in(known)
    new = {"oldpassword": PASSWORD, "password1": "nine loud magpies"}
    known.post(reverse("account_change_password"), new)
    known.post(reverse("account_logout"))
    strangers_guess()

    assert sign_in(known, password="nine loud magpies").status_code == 302
    assert TOO_MANY in sign_in(elsewhere, password="nine loud magpies").text


def test_a_closed_account_is_known_nowhere(known, jo, rf):
    jo.is_active = False
    jo.save()
    request = rf.get("/")
    request.COOKIES[COOKIE] = known.cookies[COOKIE].value

    assert known_devices.find_by_email(request, lambda email: True, timezone.now()) is None


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "W10:1:x", "é", "0" * 5000])
def test_a_cookie_that_somebody_made_up_is_worth_nothing(client, jo, value):
    strangers_guess()
    client.cookies[COOKIE] = value

    assert TOO_MANY in sign_in(client).text


def test_a_cookie_with_another_account_in_it_is_worth_nothing(known, kim, rf):
    request = rf.get("/")
    request.COOKIES[COOKIE] = known.cookies[COOKIE].value

    assert known_devices.find(request, kim, timezone.now()) is None


@pytest.mark.parametrize(("days", "is_known"), [(179, True), (180, False), (181, False)])
def test_it_ends_after_180_days_though_the_browser_keeps_it(jo, rf, days, is_known):
    began = timezone.now().replace(microsecond=0)
    request, answer = rf.get("/"), Client().get("/healthz")
    known_devices.set_cookie(request, answer, jo, at=began)
    request.COOKIES[COOKIE] = answer.cookies[COOKIE].value

    found = known_devices.find(request, jo, began + timedelta(days=days))

    assert bool(found) == is_known
    assert answer.cookies[COOKIE]["max-age"] == 180 * 86400
    assert answer.cookies[COOKIE]["httponly"]
    assert answer.cookies[COOKIE]["samesite"] == "Lax"


def test_a_password_alone_makes_no_device_known(jo):
    """Before the second step nobody has signed in."""
    give_second_factor(jo)
    browser = Client()

    sign_in(browser)

    assert COOKIE not in browser.cookies


def test_a_wrong_password_makes_no_device_known(client, jo):
    sign_in(client, password="wrong")

    assert COOKIE not in client.cookies


# The second step.


@pytest.fixture
def with_app(jo):
    """The app's key, and a browser in which Jo has signed in with its code, long ago."""
    secret, _ = give_second_factor(jo)
    browser = Client()
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        sign_in(browser)
        browser.post(CODE, {"code": code_now(secret)})
        assert is_signed_in(browser)
        browser.post(reverse("account_logout"))
    return secret, browser


def guess_a_code(browser):
    return browser.post(CODE, {"code": "000000x"})


def test_guesses_at_the_code_elsewhere_do_not_lock_a_known_device_out(with_app):
    secret, known = with_app
    thief = Client()
    sign_in(thief)
    for _ in range(6):
        refused = guess_a_code(thief)
    assert TOO_MANY in refused.text

    sign_in(known)
    known.post(CODE, {"code": code_now(secret)})

    assert is_signed_in(known)


def test_a_known_device_has_five_guesses_at_the_code(with_app):
    secret, known = with_app
    sign_in(known)
    for _ in range(5):
        assert TOO_MANY not in guess_a_code(known).text

    assert TOO_MANY in known.post(CODE, {"code": code_now(secret)}).text
    assert not is_signed_in(known)


def test_a_code_works_once_on_a_known_device_too(with_app):
    secret, known = with_app
    code = code_now(secret)
    for _ in range(2):
        sign_in(known)
        known.post(CODE, {"code": code})
        signed_in = is_signed_in(known)
        known.post(reverse("account_logout"))

    assert not signed_in


# At the same moment.


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("patient")
def test_of_twelve_guesses_at_once_on_a_known_device_five_are_looked_at(live_server, jo, counted):
    known = Client()
    sign_in(known)
    known.post(reverse("account_logout"))
    looked_at = counted(User, "check_password")
    browsers = [browser(live_server, known) for _ in range(AT_ONCE)]

    guess = {"login": jo.email, "password": "wrong"}
    at_once(lambda each: each.post(SIGN_IN, guess), browsers)

    assert len(looked_at) == 5
