"""Codes: seen on their way and used again, or guessed many at a time."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from coaching_portal.testing.plugin import NINE
from profiles.accounts import code_attempts
from profiles.tests.signing import CODE, code_now, give_second_factor, sign_in

pytestmark = pytest.mark.django_db


# A code that was seen on its way.


@pytest.fixture
def half_a_minute_later(jo):
    """use(code) → whether it signs in, 31 seconds after the same code has signed somebody in."""
    secret, _ = give_second_factor(jo)
    with time_machine.travel(NINE, tick=False) as clock:
        code = code_now(secret)
        assert _signs_in(code)
        clock.shift(31)
        cache.clear()  # its own clock, which does not travel, has forgotten the code by then
        yield lambda: _signs_in(code)


def _signs_in(code):
    browser = Client()
    sign_in(browser)
    browser.post(CODE, {"code": code})
    return "_auth_user_id" in browser.session


def test_a_code_of_the_app_works_once_for_as_long_as_its_time_runs(half_a_minute_later):
    assert not half_a_minute_later()


def test_control_remembered_for_one_period_only_it_works_again(half_a_minute_later, monkeypatch):
    monkeypatch.setattr(code_attempts, "take", lambda app, code: True)

    assert half_a_minute_later()


def test_an_older_code_is_spent_with_a_newer_one(jo):
    secret, _ = give_second_factor(jo)
    with time_machine.travel(NINE, tick=False) as clock:
        older = code_now(secret)
        clock.shift(30)
        assert _signs_in(code_now(secret))

        assert not _signs_in(older)
