"""Sessions: planted, kept too long, and ended."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse

from coaching_portal.testing.plugin import NINE
from profiles.accounts import login_stages
from profiles.tests.signing import (
    CODE,
    PASSWORD,
    code_now,
    give_second_factor,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def planted():
    """A browser in which an attacker has put a session whose key they know."""
    browser = Client()
    session = browser.session
    session["visitor_key"] = "heron"
    session.save()
    return browser


def test_the_key_changes_at_each_step_of_signing_in(planted, jo):
    secret, _ = give_second_factor(jo)
    keys = [planted.session.session_key]

    sign_in(planted)
    keys.append(planted.session.session_key)
    planted.post(CODE, {"code": code_now(secret)})
    keys.append(planted.session.session_key)

    assert is_signed_in(planted)
    assert len(set(keys)) == 3


def waits_for_the_code(planted):
    """Whether the attacker's copy of the cookie stands at the second step after the password."""
    attacker = Client()
    attacker.cookies[settings.SESSION_COOKIE_NAME] = planted.session.session_key
    sign_in(planted)
    return attacker.get(CODE).status_code == 200


def test_a_planted_session_does_not_come_to_the_second_step(planted, jo):
    give_second_factor(jo)

    assert not waits_for_the_code(planted)


def test_control_a_key_that_stays_would_bring_the_attacker_there(planted, jo, monkeypatch):
    give_second_factor(jo)
    monkeypatch.setattr(
        "django.contrib.sessions.backends.base.SessionBase.cycle_key", lambda session: None
    )

    assert waits_for_the_code(planted)


def code_after_the_password_changed(user):
    """A browser that gave the old password, and the right code after it had been changed."""
    secret, _ = give_second_factor(user)
    browser = Client()
    sign_in(browser)
    user.set_password("nine loud magpies")
    user.save()
    browser.post(CODE, {"code": code_now(secret)})
    return browser


def test_an_old_password_does_not_wait_at_the_second_step(jo):
    assert not is_signed_in(code_after_the_password_changed(jo))


def test_control_without_being_asked_the_old_password_signs_in(jo, monkeypatch):
    monkeypatch.setattr(login_stages, "insist_on_one_password", lambda request, user: None)

    assert is_signed_in(code_after_the_password_changed(jo))


def test_other_sessions_end_when_the_second_step_is_taken_away(jo):
    _secret, codes = give_second_factor(jo)
    here, elsewhere = Client(), Client()
    for browser, code in zip((here, elsewhere), codes, strict=False):
        sign_in(browser)
        browser.post(CODE, {"code": code})
    assert is_signed_in(elsewhere)

    here.post(reverse("mfa_deactivate_totp"))

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_making_somebody_inactive_ends_their_sessions_at_once(client, jo):
    sign_in(client)

    jo.is_active = False
    jo.save()

    assert not is_signed_in(client)


def by_password(browser, jo, secret):
    sign_in(browser)


def at_the_second_step(browser, jo, secret):
    browser.post(CODE, {"code": code_now(secret)})


def by_a_reset(browser, jo, secret):
    browser.post(reverse("account_reset_password"), {"email": jo.email})
    sign_in(browser)


@pytest.mark.parametrize("way", [by_password, at_the_second_step, by_a_reset])
def test_an_inactive_person_signs_in_by_no_way(client, jo, way):
    secret, _ = give_second_factor(jo)
    sign_in(client)  # the password was given while the account was open
    jo.is_active = False
    jo.save()

    way(client, jo, secret)

    assert not is_signed_in(client)


@time_machine.travel(NINE)
def test_a_browser_stays_signed_in_for_two_weeks_and_no_longer(jo):
    client = Client()
    sign_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 14 * 24 * 3600
    days = {}

    for day in (13, 15):
        with time_machine.travel(NINE + timedelta(days=day)):
            client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] = ""
            days[day] = is_signed_in(client)

    assert days == {13: True, 15: False}


def test_a_stolen_cookie_is_worth_nothing_after_signing_out(client, jo):
    sign_in(client)
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = client.session.session_key
    assert is_signed_in(thief)

    client.post(reverse("account_logout"))

    assert not is_signed_in(thief)


def test_a_session_is_kept_by_the_server_and_cannot_be_made_up(jo):
    forger = Client()
    forger.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32

    sign_in(forger)

    assert forger.session.session_key != "a" * 32
    assert PASSWORD not in str(dict(forger.session.items()))
