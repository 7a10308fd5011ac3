from datetime import timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import secret_sent_to
from profiles.models import User
from profiles.tests.signing import PASSWORD, is_signed_in

pytestmark = pytest.mark.django_db

SIGN_UP = reverse("account_signup")
CODE = reverse("account_email_verification_sent")


def sign_up(client, email="new@example.org", password=PASSWORD, **fields):
    return client.post(
        SIGN_UP, {"name": "Nell New", "email": email, "password1": password, **fields}
    )


def enter_code(client, email="new@example.org", **fields):
    return client.post(CODE, {"code": secret_sent_to(email)["code"], **fields})


def test_signing_up_takes_a_name_an_address_a_password_and_the_code(client):
    answer = sign_up(client)
    assert answer.url == CODE
    assert not is_signed_in(client)

    answer = enter_code(client)

    assert answer.status_code == 302
    assert is_signed_in(client)
    user = User.objects.get(email="new@example.org")
    assert user.name == "Nell New"
    assert check_password(PASSWORD, user.password)


def test_after_the_code_the_visitor_goes_on_where_they_were_going(client):
    answer = client.get(SIGN_UP, {"next": "/book/una-umber/details/"})
    assert b'value="/book/una-umber/details/"' in answer.content

    sign_up(client, next="/book/una-umber/details/")
    answer = enter_code(client)

    assert answer.url == "/book/una-umber/details/"


def test_what_a_visitor_had_chosen_survives_signing_up(client):
    session = client.session
    session["visitor_key"] = "heron"
    session.save()
    before = client.session.session_key

    sign_up(client)
    enter_code(client)

    assert client.session["visitor_key"] == "heron"
    assert client.session.session_key != before


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example"]
)
def test_nobody_is_sent_on_to_another_site(client, elsewhere):
    sign_up(client, next=elsewhere)

    assert "evil" not in enter_code(client).url


def test_a_wrong_code_opens_nothing_and_three_end_it(client):
    sign_up(client)
    right = secret_sent_to("new@example.org")["code"]
    wrong = "000000" if right != "000000" else "111111"

    first = client.post(CODE, {"code": wrong})
    client.post(CODE, {"code": wrong})
    third = client.post(CODE, {"code": wrong})

    assert "That code is wrong" in first.content.decode()
    assert third.url == reverse("account_login")
    assert client.post(CODE, {"code": right}).url == reverse("account_login")
    assert not is_signed_in(client)


def test_a_code_opens_nothing_in_another_browser(client):
    sign_up(client)

    other = Client()
    enter_code(other)

    assert not is_signed_in(other)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("short words", "at least 12 characters"),
        ("password1234", "too common"),
        ("123456789012345", "entirely numeric"),
        ("new@example.org", "too similar"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(client, password, why):
    answer = sign_up(client, password=password)

    assert why in answer.content.decode()
    assert "Error: " in answer.content.decode()
    assert not User.objects.filter(email="new@example.org").exists()


def test_twelve_characters_are_enough(client):
    assert sign_up(client, password="twelve chars").url == CODE


def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(client, make_user):
    make_user("known@example.org")

    unknown = sign_up(client, "unknown@example.org")
    unknown_page = client.get(unknown.url).content.decode()
    client.logout()
    known = sign_up(client, "Known@Example.org")
    known_page = client.get(known.url).content.decode()

    assert known.url == unknown.url
    assert _words(known_page, "known@example.org") == _words(unknown_page, "unknown@example.org")
    assert OutgoingMessage.objects.get(address="known@example.org").kind == "account-exists"
    assert User.objects.filter(email__iexact="known@example.org").count() == 1


def _words(page, address):
    """A page without the address and the tokens that differ by nature."""
    lines = page.replace(address, "ADDRESS").splitlines()
    return [line for line in lines if "csrfmiddlewaretoken" not in line]


def test_the_code_waits_encrypted_and_goes_when_it_is_sent(client, mailoutbox):
    sign_up(client)
    code = secret_sent_to("new@example.org")["code"]
    message = OutgoingMessage.objects.get()
    assert code.encode() not in bytes(message.secret)

    outbox.deliver_due(timezone.now())

    message.refresh_from_db()
    assert not message.secret
    (mail,) = mailoutbox
    assert mail.to == ["new@example.org"]
    assert code in mail.body
    assert code in mail.alternatives[0].content
    assert code not in mail.subject


def test_a_code_that_has_run_out_is_not_sent(client, mailoutbox):
    sign_up(client)

    outbox.deliver_due(timezone.now() + timedelta(minutes=15))

    assert mailoutbox == []


def test_a_new_code_can_be_asked_for_and_replaces_the_old_one(client):
    sign_up(client)
    old = secret_sent_to("new@example.org")["code"]

    page = client.post(CODE, {"action": "resend"}, follow=True).content.decode()
    new = secret_sent_to("new@example.org")["code"]

    assert "Send a new code" in page
    assert client.post(CODE, {"code": old}).status_code == 200
    assert client.post(CODE, {"code": new}).status_code == 302
    assert is_signed_in(client)


def test_the_third_new_code_takes_starting_again(client):
    sign_up(client)

    client.post(CODE, {"action": "resend"})
    page = client.post(CODE, {"action": "resend"}, follow=True).content.decode()

    assert "Send a new code" not in page
    assert OutgoingMessage.objects.count() == 3
