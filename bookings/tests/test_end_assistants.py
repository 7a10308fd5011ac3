"""What an assistant saw and did, they do not from the moment that the client ends it."""

import pytest
import time_machine
from django.urls import reverse

from bookings.actions import feeds
from bookings.tests.test_calendar_feeds import read
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session, open_hours
from profiles.actions import assistants

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(people):
    with time_machine.travel(WEEKS_AHEAD, tick=False):
        yield book_session(people.coach.coach, people.client)


def end(people):
    assistants.end_assistant(client=people.client, assistant=people.delegate, at=WEEKS_AHEAD)


@pytest.mark.parametrize("page", ["session", "move", "cancel", "session_ics"])
def test_pages_of_sessions_are_gone_at_once(people, session, signed_in, page):
    address = reverse(f"bookings:{page}", args=[session.uuid])
    browser = signed_in(people.delegate)
    assert browser.get(address).status_code == 200

    end(people)

    assert browser.get(address).status_code == 404
    if page in ("move", "cancel"):
        assert browser.post(address).status_code == 404
    session.refresh_from_db()
    assert session.status == "BOOKED"


@pytest.mark.parametrize("address", ["/sessions/", "/home/"])
def test_lists_no_longer_contain_them(people, session, signed_in, address):
    browser = signed_in(people.delegate)
    assert "Cleo Client" in browser.get(address).content.decode()

    end(people)

    page = browser.get(address).content.decode()
    assert "Cleo Client" not in page
    assert str(session.uuid) not in page


def test_feeds_no_longer_contain_them(people, session):
    _, token = feeds.make_feed(user=people.delegate, label="Phone", shows="NAMES", at=WEEKS_AHEAD)
    address = reverse("bookings:calendar_feed", args=[token])
    assert "Cleo Client" in read(address).content.decode()

    end(people)

    assert "BEGIN:VEVENT" not in read(address).content.decode()


def test_nothing_is_booked_for_the_client(people, signed_in):
    open_hours(people.coach.coach)
    address = reverse("bookings:book", args=[people.coach.coach.slug])
    browser = signed_in(people.delegate)
    assert browser.get(address, {"client": people.client.uuid}).status_code == 200

    end(people)

    assert browser.get(address, {"client": people.client.uuid}).status_code == 404
