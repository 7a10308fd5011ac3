from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import secret_sent_to
from profiles.tests.signing import PASSWORD, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

RESET = reverse("account_reset_password")
NEW = "nine loud magpies"


def link(client, email="jo@example.org", **headers):
    client.post(RESET, {"email": email}, **headers)
    return secret_sent_to("jo@example.org")["link"]


def choose(client, link, password=NEW):
    page = client.get(link.removeprefix(settings.SITE_URL))
    if page.status_code != 302:
        return page
    return client.post(page.url, {"password1": password})


def test_the_link_in_the_mail_sets_a_new_password_but_does_not_sign_in(client, jo):
    answer = choose(client, link(client))

    assert answer.url == reverse("account_reset_password_from_key_done")
    assert not is_signed_in(client)
    assert sign_in(Client(), password=NEW).status_code == 302
    assert sign_in(Client(), password=PASSWORD).status_code == 200


def test_the_link_works_once(client, jo):
    address = link(client)
    choose(client, address)

    assert "This link no longer works" in choose(Client(), address).content.decode()


@pytest.mark.parametrize(("minutes", "works"), [(59, True), (61, False)])
def test_the_link_works_for_an_hour(client, jo, minutes, works):
    address = link(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        answer = choose(Client(), address)

    assert (answer.status_code == 302) is works


@pytest.mark.parametrize(
    "headers",
    [{"HTTP_HOST": "localhost"}, {"HTTP_X_FORWARDED_HOST": "evil.example"}],
)
def test_the_link_leads_to_our_site_whatever_the_request_says(client, jo, headers):
    assert link(client, **headers).startswith(f"{settings.SITE_URL}/account/password/reset/key/")


def test_a_forged_host_is_refused(client, jo):
    answer = client.post(RESET, {"email": "jo@example.org"}, HTTP_HOST="evil.example")

    assert answer.status_code == 400
    assert not OutgoingMessage.objects.exists()


def test_an_unknown_address_gets_the_same_answer(client, jo, mailoutbox):
    known = client.post(RESET, {"email": "JO@example.org"})
    unknown = client.post(RESET, {"email": "nobody@example.org"})
    assert unknown.url == known.url

    outbox.deliver_due(timezone.now())

    assert {mail.to[0] for mail in mailoutbox} == {"jo@example.org", "nobody@example.org"}
    assert "/account/signup/" in next(m.body for m in mailoutbox if "nobody" in m.to[0])


def test_a_reset_ends_every_session(client, jo):
    elsewhere = Client()
    sign_in(elsewhere)

    choose(client, link(client))

    assert not is_signed_in(elsewhere)


def test_three_mails_a_minute_to_one_address_are_enough(client, jo):
    for typed in ("jo@example.org", "Jo@example.org", "JO@example.org"):
        client.post(RESET, {"email": typed})

    assert client.post(RESET, {"email": "jO@example.org"}).status_code == 429
    assert OutgoingMessage.objects.count() == 3
