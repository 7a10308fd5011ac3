"""Codes, guessed many at a time or typed by several at the same moment."""

import threading

import pytest
from allauth.account.forms import BaseConfirmCodeForm
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.test import Client
from django.urls import reverse

from profiles.accounts import code_attempts
from profiles.tests.crowd import AT_ONCE, TOO_MANY, at_once, browser
from profiles.tests.signing import CODE, PASSWORD, code_now, give_second_factor, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient")]

MAILED_CODE = reverse("account_email_verification_sent")


# Codes of the app, and recovery codes.


def at_the_second_step(server, user, number):
    """Browsers that have given the password."""
    clients = [Client() for _ in range(number)]
    for client in clients:
        sign_in(client, user.email)
    return [browser(server, client) for client in clients]


def guess_codes(browsers):
    guesses = [(browser, f"{number:010}") for number, browser in enumerate(browsers)]
    at_once(lambda it: it[0].post(CODE, {"code": it[1]}), guesses)


def test_of_twelve_guesses_at_a_code_five_are_looked_at(live_server, kim, counted):
    secret, _ = give_second_factor(kim)
    apps, recoveries = counted(TOTP, "validate_code"), counted(RecoveryCodes, "validate_code")
    *browsers, last = at_the_second_step(live_server, kim, AT_ONCE + 1)

    guess_codes(browsers)

    assert len(apps) == len(recoveries) == 5
    assert TOO_MANY in last.post(CODE, {"code": code_now(secret)}).page


def test_control_without_turns_all_codes_are_looked_at(live_server, kim, counted, no_turns):
    give_second_factor(kim)
    looked_at = counted(RecoveryCodes, "validate_code")
    browsers = at_the_second_step(live_server, kim, AT_ONCE)
    no_turns()

    guess_codes(browsers)

    assert len(looked_at) == AT_ONCE


FEW = 4  # fewer than the limit, which would refuse the others


def sign_in_with(server, user, code):
    browsers = at_the_second_step(server, user, FEW)
    answers = at_once(lambda each: each.post(CODE, {"code": code}), browsers)
    return sum(
        answer.status == 302 and settings.SESSION_COOKIE_NAME in answer.cookies
        for answer in answers
    )


@pytest.fixture
def cache_away(monkeypatch):
    """django-allauth's own memory of codes, which is in the cache, lets everything pass."""
    monkeypatch.setattr(TOTP, "_mark_code_used", lambda app, code: True)


def test_a_code_of_the_app_signs_in_one_of_those_who_type_it_at_once(live_server, kim, cache_away):
    secret, _ = give_second_factor(kim)

    assert sign_in_with(live_server, kim, code_now(secret)) == 1


def test_control_a_code_that_is_not_taken_signs_them_all_in(
    live_server, kim, cache_away, monkeypatch
):
    secret, _ = give_second_factor(kim)
    monkeypatch.setattr(code_attempts, "take", lambda app, code: True)

    assert sign_in_with(live_server, kim, code_now(secret)) == FEW


def test_a_recovery_code_signs_in_one_of_those_who_type_it_at_once(live_server, kim):
    _, codes = give_second_factor(kim)

    assert sign_in_with(live_server, kim, codes[0]) == 1


def test_control_without_its_lock_a_recovery_code_signs_them_all_in(live_server, kim, monkeypatch):
    _, codes = give_second_factor(kim)
    barrier = threading.Barrier(FEW)

    def validate_without_lock(self, code):
        place = self.generate_codes().index(code)
        is_unused = not self._is_code_used(place)
        barrier.wait(60)
        self._mark_code_used(place)
        return is_unused

    monkeypatch.setattr(RecoveryCodes, "validate_code", validate_without_lock)
    monkeypatch.setattr(TOTP, "validate_code", lambda app, code: False)

    assert sign_in_with(live_server, kim, codes[0]) == FEW


# The code that is mailed to a new address.


def guess_mailed_code(server):
    """Twelve guesses in one session, at the same moment."""
    client = Client()
    fields = {"name": "Nell", "email": "new@example.org", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)
    browsers = [browser(server, client) for _ in range(AT_ONCE)]
    at_once(lambda each: each.post(MAILED_CODE, {"code": "no code"}), browsers)


def test_of_twelve_guesses_at_a_mailed_code_three_are_looked_at(live_server, db, counted):
    looked_at = counted(BaseConfirmCodeForm, "clean_code")

    guess_mailed_code(live_server)

    assert len(looked_at) == 3


def test_control_counted_in_the_session_all_are_looked_at(live_server, db, counted, monkeypatch):
    barrier = threading.Barrier(AT_ONCE)
    monkeypatch.setattr(code_attempts, "may_guess", lambda email, code: barrier.wait(60) >= 0)
    looked_at = counted(BaseConfirmCodeForm, "clean_code")

    guess_mailed_code(live_server)

    assert len(looked_at) == AT_ONCE
