"""Declining messages: on the page of preferences, and from a mail without signing in."""

import re

import pytest
from django.test import Client

from coaching_portal.notifications import outbox, unsubscribe
from coaching_portal.notifications.kinds import with_unsubscribe
from coaching_portal.notifications.models import MessagePreference
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db


def link_in(mail):
    return re.search(r"http://testserver(\S+)>", mail.extra_headers["List-Unsubscribe"])[1]


@pytest.fixture
def link(news, mailoutbox):
    """The address in a mail that declines its kind."""
    news.post("of Monday")
    outbox.deliver_due(NINE)
    return link_in(mailoutbox[0])


def test_the_page_lists_what_may_be_declined_and_keeps_the_choice(news, signed_in):
    browser = signed_in(news.recipient)

    page = browser.get("/account/preferences/")
    assert "News now and then" in page.content.decode()
    assert "Session booked" not in page.content.decode()

    browser.post("/account/preferences/", {})
    assert unsubscribe.declined_by(news.recipient) == {kind.name for kind in with_unsubscribe()}

    browser.post("/account/preferences/", {"wanted": ["news"]})
    assert "news" not in unsubscribe.declined_by(news.recipient)


def test_a_kind_that_may_not_be_declined_is_refused(news, signed_in):
    answer = signed_in(news.recipient).post("/account/preferences/", {"wanted": ["session-booked"]})

    assert answer.status_code == 200
    assert "Error:" in answer.content.decode()
    assert not MessagePreference.objects.exists()


def test_preferences_need_a_sign_in(client):
    assert client.get("/account/preferences/").status_code == 302


def test_a_declined_message_is_dropped_and_a_wanted_one_sent(news, mailoutbox):
    unsubscribe.choose(user=news.recipient, kind="news", declined=True)
    news.post("of Monday")
    outbox.deliver_due(NINE)
    assert not mailoutbox

    unsubscribe.choose(user=news.recipient, kind="news", declined=False)
    news.post("of Tuesday")
    outbox.deliver_due(NINE)
    assert len(mailoutbox) == 1


def test_opening_the_link_declines_nothing(news, link, client):
    answer = client.get(link)

    assert "News now and then" in answer.content.decode()
    assert unsubscribe.declined_by(news.recipient) == set()


def test_the_button_behind_the_link_declines(news, link, client):
    answer = client.post(link)

    assert answer.status_code == 200
    assert unsubscribe.declined_by(news.recipient) == {"news"}


def test_a_mail_programs_one_click_needs_no_cookie(news, link):
    browser = Client(enforce_csrf_checks=True)

    answer = browser.post(link, {"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert unsubscribe.declined_by(news.recipient) == {"news"}


def test_a_link_that_somebody_changed_is_not_found(link, client):
    token = link.rstrip("/").rsplit("/", 1)[1]
    forged = link.replace(token, f"x{token}")

    assert client.get(forged).status_code == 404
    assert client.post(forged).status_code == 404
    assert not MessagePreference.objects.exists()


def test_a_link_for_a_kind_that_may_not_be_declined_is_not_found(news, client):
    message = news.post()
    message.kind = "session-booked"

    assert unsubscribe.decline_url(message) == ""
