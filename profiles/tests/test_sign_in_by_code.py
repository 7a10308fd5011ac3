"""Signing in by a code that is emailed: for accounts without a password, too."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from profiles.tests.signing import PASSWORD, give_second_factor, is_signed_in

pytestmark = pytest.mark.django_db
ASK, CONFIRM = reverse("account_request_login_code"), reverse("account_confirm_login_code")


def newest_words():
    outbox.deliver_due(at=timezone.now())
    return mail.outbox[-1].body


def sign_in_by_code(browser, email, **asked):
    browser.post(ASK, {"email": email})
    code = re.search(r"^ +(\d{6})$", newest_words(), re.MULTILINE).group(1)
    return browser.post(CONFIRM, {"code": code, **asked})


def test_an_account_without_password_is_signed_in(client, make_user):
    make_user("nell@example.org")

    answer = sign_in_by_code(client, "nell@example.org", next="/account/details/")

    assert (answer.url, is_signed_in(client)) == ("/account/details/", True)


def test_nobody_is_sent_on_to_another_site(client, make_user):
    make_user("nell@example.org")
    answer = sign_in_by_code(client, "nell@example.org", next="https://evil.example/")
    assert answer.url == "/home/"


def test_the_code_is_asked_for_in_the_browser_that_asked(client, make_user):
    make_user("nell@example.org")
    client.post(ASK, {"email": "nell@example.org"})
    code = re.search(r"^ +(\d{6})$", newest_words(), re.MULTILINE).group(1)

    other = Client()
    other.post(CONFIRM, {"code": code})

    assert not is_signed_in(other)


def test_a_second_step_is_still_asked_for(client, make_user):
    give_second_factor(make_user("nell@example.org"))

    answer = sign_in_by_code(client, "nell@example.org")

    assert (answer.url, is_signed_in(client)) == (reverse("mfa_authenticate"), False)


def test_an_address_that_was_never_proved_gets_no_code(client, make_user):
    """Else whoever signed up with it, and chose the password, would be let in."""
    make_user("victim@example.org", password=PASSWORD)
    EmailAddress.objects.update(verified=False)

    client.post(ASK, {"email": "victim@example.org"})

    assert not re.search(r"\b\d{6}\b", newest_words())
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_a_password_is_set_when_it_is_wanted(client, make_user):
    user = make_user("nell@example.org")
    sign_in_by_code(client, "nell@example.org")
    assert "Set a password" in client.get(reverse("profiles:account")).content.decode()

    client.post(reverse("account_set_password"), {"password1": PASSWORD})

    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    assert is_signed_in(client)
