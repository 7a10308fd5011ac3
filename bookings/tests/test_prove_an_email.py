"""Visitors give name and email, prove the email, and are booked: through HTTP, and by attackers."""

import re
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from bookings.models import CoachingSession, PendingBooking
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import answers
from profiles.models import User

NEW = "nell@example.org"
KEY = "2b1f0d0e-1111-4222-8333-444455556666"


@pytest.fixture
def give(coach, free):
    """give(email=…): a visitor's browser that has chosen a time and sent the details."""

    def send(email=NEW, *, minutes=30, browser=None, start=None, **told):
        browser = browser or Browser()
        there = browser.post(
            f"/book/una-umber/?minutes={minutes}", {"start": (start or free()).isoformat()}
        )["Location"]
        form = answers(coach, name="Nell New", email=email, **told)
        if minutes == 30:
            del form["accept"], form["payer"]
        answer = browser.post(there, form)
        browser.here = answer.get("Location", "")
        browser.answer = answer
        return browser

    return send


def newest():
    """The newest email's words."""
    outbox.deliver_due(at=timezone.now())
    return mail.outbox[-1].body


def code_in(words):
    return re.search(r"^ +(\d{6})$", words, re.MULTILINE).group(1)


def link_in(words):
    return urlsplit(re.search(r"https?://\S+/book/link/\S+", words).group()).path


def enter(browser, code, **told):
    return browser.post(browser.here, {"code": code, **told})


def wrong_for(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_signed_in(browser, user):
    return browser.session.get("_auth_user_id") == str(user.pk)


# The whole way.


def test_a_new_visitor_is_booked_signed_in_and_has_an_account_without_password(give):
    browser = give()
    assert "Enter the code" in browser.get(browser.here).content.decode()

    answer = enter(browser, code_in(newest()))

    session, user = CoachingSession.objects.get(), User.objects.get(email=NEW)
    assert answer["Location"] == f"/book/una-umber/done/{session.uuid}/"
    assert (session.status, session.client, session.minutes) == ("BOOKED", user, 30)
    assert session.agreement.accepted_from == "127.0.0.1"
    assert (user.name, user.has_usable_password()) == ("Nell New", False)
    assert EmailAddress.objects.get(user=user).verified
    assert "<h1>Booked</h1>" in browser.get(answer["Location"]).content.decode()
    assert not PendingBooking.objects.exists()


def test_the_link_does_the_same_in_another_browser_and_only_by_its_button(give):
    asked = give()
    link, other = link_in(newest()), Browser()

    page = other.get(link)
    assert "Book this session, free" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert not User.objects.filter(email=NEW).exists()

    answer = other.post(link)
    session = CoachingSession.objects.get()
    assert answer["Location"].endswith(f"/done/{session.uuid}/")
    assert is_signed_in(other, session.client)
    assert not asked.session.get("_auth_user_id")


def test_a_paid_hour_asks_for_the_agreement_and_books_it(give):
    refused = give(minutes=60, accept=None)
    assert "Tick to accept the agreement." in refused.answer.content.decode()

    enter(give(minutes=60, browser=refused), code_in(newest()))

    session = CoachingSession.objects.get()
    assert (session.price, session.agreement.accepted_by) == (75, session.client)
