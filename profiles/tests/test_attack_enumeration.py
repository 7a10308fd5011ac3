"""Whether an address has an account is told by no word, status, header, or work that is done.

Work is counted, not timed: passwords that are hashed, which takes as long as all else together,
and rows that are written.
"""

import re
from collections import Counter

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import BasePasswordHasher, get_hasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coaching_portal.billing.models import Practice
from profiles.accounts.forms import SignUpForm
from profiles.models import User
from profiles.tests.crowd import at_once, browser
from profiles.tests.signing import PASSWORD, sign_in

pytestmark = pytest.mark.django_db

SIGN_UP = reverse("account_signup")
MAILED_CODE = reverse("account_email_verification_sent")
RANDOM = ("Expires", "Content-Length", "X-Request-ID")
PEOPLE = ["known", "inactive", "without_password", "unconfirmed"]


@pytest.fixture(autouse=True)
def _people(make_user):
    make_user("known@example.org", password=PASSWORD)
    make_user("inactive@example.org", password=PASSWORD, is_active=False)
    make_user("without_password@example.org")
    make_user("unconfirmed@example.org", password=PASSWORD)
    EmailAddress.objects.filter(email="unconfirmed@example.org").update(verified=False)
    make_user("jo@example.org", password=PASSWORD)


@pytest.fixture
def hashed(monkeypatch):
    """A list that grows with each password that is hashed."""
    hasher, hashes = type(get_hasher()), []
    encode = hasher.encode
    assert issubclass(hasher, BasePasswordHasher)

    def counting(self, *args, **kwargs):
        hashes.append(1)
        return encode(self, *args, **kwargs)

    monkeypatch.setattr(hasher, "encode", counting)
    return hashes


# What a visitor may do with an address; each gives the last answer.


def signing_in(browser, address):
    return sign_in(browser, address, "not the password")


def signing_up(browser, address):
    return browser.post(SIGN_UP, {"name": "Nell", "email": address, "password1": PASSWORD})


def the_page_after_signing_up(browser, address):
    return browser.get(signing_up(browser, address).url)


def a_new_code(browser, address):
    signing_up(browser, address)
    return browser.post(MAILED_CODE, {"action": "resend"}, follow=True)


def another_address_for_the_code(browser, address):
    signing_up(browser, address)
    fields = {"action": "change", "email": "elsewhere@example.org"}
    return browser.post(MAILED_CODE, fields, follow=True)


def a_wrong_code(browser, address):
    signing_up(browser, address)
    return browser.post(MAILED_CODE, {"code": "no code"})


def three_wrong_codes(browser, address):
    signing_up(browser, address)
    for _ in range(2):
        browser.post(MAILED_CODE, {"code": "no code"})
    return browser.post(MAILED_CODE, {"code": "no code"}, follow=True)


def a_reset(browser, address):
    return browser.post(reverse("account_reset_password"), {"email": address})


def the_page_after_a_reset(browser, address):
    return browser.post(reverse("account_reset_password"), {"email": address}, follow=True)


def a_code_to_sign_in(browser, address):
    return browser.post(reverse("account_request_login_code"), {"email": address}, follow=True)


def a_wrong_code_to_sign_in(browser, address):
    a_code_to_sign_in(browser, address)
    return browser.post(reverse("account_confirm_login_code"), {"code": "no code"})


def three_wrong_codes_to_sign_in(browser, address):
    for _ in range(2):
        a_wrong_code_to_sign_in(browser, address)
    browser.post(reverse("account_confirm_login_code"), {"code": "no code"})
    return browser.post(reverse("account_confirm_login_code"), {"code": "no code"}, follow=True)


def a_change_of_address(browser, address):
    sign_in(browser)
    return browser.post(reverse("account_email"), {"action_add": "", "email": address})


def the_page_after_a_change(browser, address):
    return browser.get(a_change_of_address(browser, address).url)


def a_wrong_code_for_a_change(browser, address):
    a_change_of_address(browser, address)
    return browser.post(MAILED_CODE, {"code": "no code"})


WAYS = [
    signing_in,
    signing_up,
    the_page_after_signing_up,
    a_new_code,
    another_address_for_the_code,
    a_wrong_code,
    three_wrong_codes,
    a_reset,
    the_page_after_a_reset,
    a_code_to_sign_in,
    a_wrong_code_to_sign_in,
    three_wrong_codes_to_sign_in,
    a_change_of_address,
    the_page_after_a_change,
    a_wrong_code_for_a_change,
]


def told(way, address):
    """All that an answer tells: status, headers, cookies and words, but for what is random."""
    cache.clear()
    browser = Client()
    answer = way(browser, address)
    words = answer.text.replace(address, "ADDRESS")
    words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", words)
    headers = {k: v for k, v in answer.headers.items() if k not in RANDOM}
    nonces = re.sub(r"nonce-\S+", "", str(headers))
    return (
        answer.status_code,
        answer.redirect_chain if hasattr(answer, "redirect_chain") else [],
        nonces,
        sorted(browser.cookies),
        words,
    )


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("way", WAYS)
def test_the_answer_is_that_to_an_unknown_address(way, person):
    assert told(way, f"{person}@example.org") == told(way, "unknown@example.org")


def work(way, address, hashed):
    """Passwords hashed and rows written for an answer."""
    Practice.current()
    cache.clear()
    hashed.clear()
    with CaptureQueriesContext(connection) as asked:
        way(Client(), address)
    written = Counter(re.findall(r'(?:INSERT INTO|UPDATE) "(\w+)"', str(asked.captured_queries)))
    return len(hashed), written


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("way", [signing_in, signing_up, a_reset, a_code_to_sign_in])
def test_the_work_is_that_for_an_unknown_address(way, person, hashed):
    assert work(way, f"{person}@example.org", hashed) == work(way, "unknown@example.org", hashed)


def test_control_without_work_in_vain_a_known_address_takes_less(hashed, monkeypatch):
    monkeypatch.setattr(SignUpForm, "_work_in_vain", lambda form, request: None)

    known = work(signing_up, "known@example.org", hashed)

    assert known != work(signing_up, "unknown@example.org", hashed)


def test_work_in_vain_leaves_nothing_behind(client):
    before = User.objects.count()

    signing_up(client, "known@example.org")

    assert User.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_signing_up_at_the_same_moment_makes_one_account_and_no_failure(live_server):
    fields = {"name": "Nell", "email": "new@example.org", "password1": PASSWORD}

    answers = at_once(
        lambda each: each.post(SIGN_UP, fields), [browser(live_server) for _ in range(6)]
    )

    assert {(answer.status, answer.location) for answer in answers} == {(302, MAILED_CODE)}
    assert User.objects.filter(email="new@example.org").count() == 1
