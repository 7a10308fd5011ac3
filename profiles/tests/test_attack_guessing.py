"""Guesses at the same moment: the limits count exactly, whatever the requests call themselves."""

import contextlib
import threading
import uuid
from datetime import timedelta

import pytest
import time_machine
from allauth.account.forms import BaseConfirmCodeForm
from allauth.core.internal import ratelimit
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Enquiry
from coaching_portal.idempotency import FIELD
from coaching_portal.notifications.models import OutgoingMessage
from profiles.accounts import one_time
from profiles.accounts.adapter import AccountAdapter
from profiles.models import User
from profiles.tests.crowd import RIVALS, Browser, at_once
from profiles.tests.signing import CODE, PASSWORD, code_now, give_second_factor, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SIGN_IN = reverse("account_login")
MAILED_CODE = reverse("account_email_verification_sent")
TOO_MANY = "too many attempts"
KELVIN = "\N{KELVIN SIGN}"
SPELLINGS = [
    "kim@kent.example.org",
    "KIM@KENT.EXAMPLE.ORG",
    "Kim@kent.Example.Org",
    " kim@kent.example.org",
    "kim@kent.example.org ",
    f"kim@{KELVIN}ent.example.org",
    f"KIM@{KELVIN}ENT.example.org",
    "kiM@kenT.example.org",
    "kIm@kEnt.example.org",
    "kim@kent.example.ORG",
    "\tkim@kent.example.org",
    "kim@kent.EXAMPLE.org",
]


@pytest.fixture
def kim(make_user):
    return make_user("kim@kent.example.org", password=PASSWORD)


@pytest.fixture
def counted(monkeypatch):
    """counted(class, "method"): a list that grows by one with each call of it."""

    def count(owner, name):
        calls, original = [], getattr(owner, name)

        def counting(self, *args, **kwargs):
            calls.append(1)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, counting)
        return calls

    return count


@pytest.fixture
def no_turns(monkeypatch):
    """no_turns(): from now on everyone reads what has been counted before anyone writes."""
    barrier, apply = threading.Barrier(RIVALS), ratelimit.apply_rate

    def apply_together(*args, **kwargs):
        barrier.wait(60)
        return apply(*args, **kwargs)

    def take_turns_away():
        monkeypatch.setattr(ratelimit, "cache_lock", lambda key: contextlib.nullcontext(True))
        monkeypatch.setattr(ratelimit, "apply_rate", apply_together)

    return take_turns_away


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """On a slow machine the last of a crowd waits longer than a second for its turn."""
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 60)


# Passwords.


def guess_passwords(server, spellings):
    browsers = [(Browser(server), spelling) for spelling in spellings]
    at_once(lambda it: it[0].post(SIGN_IN, {"login": it[1], "password": "wrong"}), browsers)


@pytest.mark.parametrize("spellings", [SPELLINGS[:1] * RIVALS, SPELLINGS], ids=["one", "many"])
def test_of_twelve_guesses_at_a_password_five_are_looked_at(live_server, kim, counted, spellings):
    looked_at = counted(User, "check_password")

    guess_passwords(live_server, spellings)

    assert len(looked_at) == 5
    assert TOO_MANY in sign_in(Client(REMOTE_ADDR="192.0.2.1"), kim.email).text


def test_control_without_turns_all_are_looked_at(live_server, kim, counted, no_turns):
    looked_at = counted(User, "check_password")
    no_turns()

    guess_passwords(live_server, SPELLINGS[:1] * RIVALS)

    assert len(looked_at) == RIVALS


def test_control_a_limit_by_spelling_looks_at_more(live_server, kim, counted, monkeypatch):
    looked_at = counted(User, "check_password")
    monkeypatch.setattr(
        AccountAdapter,
        "_get_login_attempts_cache_key",
        lambda self, request, **credentials: request.POST["login"],
    )

    guess_passwords(live_server, SPELLINGS)

    assert len(looked_at) > 5


def test_every_spelling_that_finds_an_account_counts_as_that_account():
    """django-allauth finds accounts by lower(); the limit's key must be as coarse, or coarser."""
    letters = (chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000)
    key = AccountAdapter()._get_login_attempts_cache_key

    apart = [c for c in letters if key(None, email=c) != key(None, email=c.lower())]

    assert apart == []


@pytest.mark.parametrize("typed", ["k.im@kent.example.org", "kim+1@kent.example.org"])
def test_what_looks_alike_is_another_account(client, kim, typed):
    sign_in(client, typed)

    assert "_auth_user_id" not in client.session


# Addresses that a proxy is said to have seen.


def refusals(server, forwarded):
    """How many of twelve guesses at twelve accounts are refused; each tells another address."""

    def guess(number):
        fields = {"login": f"someone{number}@example.org", "password": "wrong"}
        headers = {"X-Forwarded-For": forwarded.format(number)}
        return TOO_MANY in browsers[number].post(SIGN_IN, fields, **headers).text

    browsers = [Browser(server) for _ in range(RIVALS)]
    return sum(at_once(guess, range(RIVALS)))


@pytest.mark.parametrize(
    ("proxies", "forwarded"),
    [
        (0, "192.0.2.{}"),
        (1, "192.0.2.{}, 198.51.100.7"),
        (2, "192.0.2.{}, 198.51.100.7, 203.0.113.1"),
        (1, "2001:db8::{}"),  # one customer's network of 2^64 addresses
        (1, "198.51.100.7:40{}"),
    ],
)
def test_of_twelve_guesses_from_one_place_two_are_refused(
    live_server, db, settings, proxies, forwarded
):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert refusals(live_server, forwarded) == 2


def test_control_a_proxy_that_is_not_there_believes_whoever_asks(live_server, db, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2

    assert refusals(live_server, "192.0.2.{}, 198.51.100.7") == 0


# Codes of the app, and recovery codes.


def at_the_second_step(server, user, number):
    """Browsers that have given the password."""
    clients = [Client() for _ in range(number)]
    for client in clients:
        sign_in(client, user.email)
    return [Browser(server, client) for client in clients]


def guess_codes(browsers):
    guesses = [(browser, f"{number:010}") for number, browser in enumerate(browsers)]
    at_once(lambda it: it[0].post(CODE, {"code": it[1]}), guesses)


def test_of_twelve_guesses_at_a_code_five_are_looked_at(live_server, kim, counted):
    secret, _ = give_second_factor(kim)
    apps, recoveries = counted(TOTP, "validate_code"), counted(RecoveryCodes, "validate_code")
    *browsers, last = at_the_second_step(live_server, kim, RIVALS + 1)

    guess_codes(browsers)

    assert len(apps) == len(recoveries) == 5
    assert TOO_MANY in last.post(CODE, {"code": code_now(secret)}).text


def test_control_without_turns_all_codes_are_looked_at(live_server, kim, counted, no_turns):
    give_second_factor(kim)
    looked_at = counted(RecoveryCodes, "validate_code")
    browsers = at_the_second_step(live_server, kim, RIVALS)
    no_turns()

    guess_codes(browsers)

    assert len(looked_at) == RIVALS


FEW = 4  # fewer than the limit, which would refuse the others


def sign_in_with(server, user, code):
    browsers = at_the_second_step(server, user, FEW)
    answers = at_once(lambda browser: browser.post(CODE, {"code": code}), browsers)
    return sum(answer.signed_in for answer in answers)


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
    monkeypatch.setattr(one_time, "take", lambda app, code: True)

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
    browsers = [Browser(server, client) for _ in range(RIVALS)]
    at_once(lambda browser: browser.post(MAILED_CODE, {"code": "no code"}), browsers)


def test_of_twelve_guesses_at_a_mailed_code_three_are_looked_at(live_server, db, counted):
    looked_at = counted(BaseConfirmCodeForm, "clean_code")

    guess_mailed_code(live_server)

    assert len(looked_at) == 3


def test_control_counted_in_the_session_all_are_looked_at(live_server, db, counted, monkeypatch):
    barrier = threading.Barrier(RIVALS)
    monkeypatch.setattr(one_time, "may_guess", lambda email, code: barrier.wait(60) >= 0)
    looked_at = counted(BaseConfirmCodeForm, "clean_code")

    guess_mailed_code(live_server)

    assert len(looked_at) == RIVALS


# What anybody may ask for, and what whoever has stolen a session may try.


def test_of_twelve_enquiries_at_once_ten_are_taken(live_server, db):
    def write(number):
        form = {"name": "Vi", "email": "vi@example.org", "message": "May I?"}
        key = {FIELD: str(uuid.uuid4())}
        return Browser(live_server).post(reverse("contact"), form | key).status

    statuses = at_once(write, range(RIVALS))

    assert sorted(statuses) == [302] * 10 + [429] * 2
    assert Enquiry.objects.count() == 10


def test_of_twelve_resets_at_once_three_are_mailed(live_server, kim):
    reset = reverse("account_reset_password")
    browsers = [(Browser(live_server), typed) for typed in SPELLINGS]

    at_once(lambda it: it[0].post(reset, {"email": it[1]}), browsers)

    assert OutgoingMessage.objects.count() == 3


@pytest.mark.parametrize(
    ("page", "field", "few"),
    [("account_reauthenticate", "password", 5), ("account_change_password", "oldpassword", 10)],
)
def test_of_twelve_guesses_in_a_stolen_session_few_are_looked_at(
    live_server, kim, counted, page, field, few
):
    stolen = Client()
    sign_in(stolen, kim.email)
    looked_at = counted(User, "check_password")
    browsers = [Browser(live_server, stolen) for _ in range(RIVALS)]
    form = {field: "wrong", "password1": "nine loud magpies"}

    at_once(lambda browser: browser.post(reverse(page), form), browsers)
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        stolen.post(reverse(page), form)

    assert len(looked_at) == few
