"""Guesses at the same moment: the limits count exactly, whatever the requests call themselves."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Enquiry
from coaching_portal.common.idempotency import FIELD
from coaching_portal.notifications.models import OutgoingMessage
from profiles.accounts.adapter import AccountAdapter
from profiles.models import User
from profiles.tests.crowd import AT_ONCE, TOO_MANY, at_once, browser
from profiles.tests.signing import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("patient")]

SIGN_IN = reverse("account_login")
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


# Passwords.


def guess_passwords(server, spellings):
    browsers = [(browser(server), spelling) for spelling in spellings]
    at_once(lambda it: it[0].post(SIGN_IN, {"login": it[1], "password": "wrong"}), browsers)


@pytest.mark.parametrize("spellings", [SPELLINGS[:1] * AT_ONCE, SPELLINGS], ids=["one", "many"])
def test_of_twelve_guesses_at_a_password_five_are_looked_at(live_server, kim, counted, spellings):
    looked_at = counted(User, "check_password")

    guess_passwords(live_server, spellings)

    assert len(looked_at) == 5
    assert TOO_MANY in sign_in(Client(REMOTE_ADDR="192.0.2.1"), kim.email).text


def test_control_without_turns_all_are_looked_at(live_server, kim, counted, no_turns):
    looked_at = counted(User, "check_password")
    no_turns()

    guess_passwords(live_server, SPELLINGS[:1] * AT_ONCE)

    assert len(looked_at) == AT_ONCE


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
        return TOO_MANY in browsers[number].post(SIGN_IN, fields, headers=headers).page

    browsers = [browser(server) for _ in range(AT_ONCE)]
    return sum(at_once(guess, range(AT_ONCE)))


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


# What anybody may ask for, and what whoever has stolen a session may try.


def test_of_twelve_enquiries_at_once_ten_are_taken(live_server, db):
    def write(number):
        form = {"name": "Vi", "email": "vi@example.org", "message": "May I?"}
        key = {FIELD: str(uuid.uuid4())}
        return browser(live_server).post(reverse("contact"), form | key).status

    statuses = at_once(write, range(AT_ONCE))

    assert sorted(statuses) == [302] * 10 + [429] * 2
    assert Enquiry.objects.count() == 10


def test_of_twelve_resets_at_once_three_are_mailed(live_server, kim):
    reset = reverse("account_reset_password")
    browsers = [(browser(live_server), typed) for typed in SPELLINGS]

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
    browsers = [browser(live_server, stolen) for _ in range(AT_ONCE)]
    form = {field: "wrong", "password1": "nine loud magpies"}

    at_once(lambda each: each.post(reverse(page), form), browsers)
    with time_machine.travel(timezone.now() + timedelta(minutes=4)):
        stolen.post(reverse(page), form)

    assert len(looked_at) == few
