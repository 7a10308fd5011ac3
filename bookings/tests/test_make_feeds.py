"""The page of one's calendar feeds: making one, seeing its address once, revoking it."""

import re
import secrets
import threading

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from bookings.actions import feeds
from bookings.models import CalendarFeed
from bookings.models.feeds import token_hash
from bookings.tests.test_calendar_feeds import rows_with
from coaching_portal.common import vault
from coaching_portal.personal_data import privacy
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once
from profiles.models import User

PAGE = "/account/calendar-feeds/"
FORM = {"label": "Phone", "shows": "INITIALS"}


@pytest.fixture
def browser(signed_in, client_user):
    with time_machine.travel(NINE, tick=False):
        yield signed_in(client_user)


def text_of(response):
    return response.content.decode()


def address_on(response):
    found = re.search(
        r">(http://testserver/calendar/feed/[^<]+\.ics)</textarea>", text_of(response)
    )
    return found[1] if found else ""


@pytest.mark.django_db
def test_a_new_feed_is_shown_with_its_address_once(browser, client_user):
    made = browser.post(PAGE, FORM)
    shown = browser.get(made.url)
    again = browser.get(made.url)

    feed = CalendarFeed.objects.get()
    assert (feed.user, feed.label, feed.shows) == (client_user, "Phone", "INITIALS")
    address = address_on(shown)
    assert feed.token_sha256 == token_hash(address.rpartition("/")[2].removesuffix(".ics"))
    assert Client().get(address).status_code == 200
    assert address_on(again) == ""
    assert "We have shown its address once" in text_of(again)
    assert shown["Referrer-Policy"] == "same-origin"
    assert "no-store" in shown["Cache-Control"]


@pytest.mark.django_db
def test_the_address_waits_for_the_page_encrypted_and_not_in_the_database(browser):
    made = browser.post(PAGE, FORM)
    sealed = cache.get(f"calendar-feed-address:{CalendarFeed.objects.get().uuid}")
    token = vault.decrypt(sealed.encode()).decode()

    assert token not in sealed
    assert token not in made.url
    assert rows_with(token) == rows_with(sealed) == []
    assert rows_with(token_hash(token)) == ["bookings_calendarfeed"]
    assert token in address_on(browser.get(made.url))


@pytest.mark.django_db
def test_nobody_else_is_shown_the_address(browser, stranger):
    made = browser.post(PAGE, FORM)
    other = Client()
    other.force_login(stranger)

    assert address_on(other.get(made.url)) == ""
    assert address_on(browser.get(made.url))


@pytest.mark.django_db
def test_a_request_that_shows_nothing_leaves_the_address_to_be_shown(browser):
    made = browser.post(PAGE, FORM)
    browser.head(made.url)

    assert address_on(browser.get(made.url))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"label": ""}, "Enter a device or program."),
        ({"label": "x" * 41}, "at most 40"),
        ({"label": "Pho\u202ene"}, "right-to-left override"),
        ({"shows": "TOPICS"}, "Select a valid choice"),
        ({"shows": ""}, "This field is required"),
    ],
)
def test_a_form_with_a_mistake_makes_nothing(wrong, problem, browser):
    response = browser.post(PAGE, FORM | wrong)

    assert problem in text_of(response)
    assert not CalendarFeed.objects.exists()


@pytest.mark.django_db
def test_the_list_says_when_each_was_read(browser):
    address = address_on(browser.get(browser.post(PAGE, FORM).url))
    assert "Not yet" in text_of(browser.get(PAGE))

    Client().get(address)

    assert "Not yet" not in text_of(browser.get(PAGE))
    assert text_of(browser.get(PAGE)).count("Monday 7 June 2027 at 9am") == 1


@pytest.mark.django_db
def test_a_person_revokes_one_of_several(browser):
    first, second = (address_on(browser.get(browser.post(PAGE, FORM).url)) for _ in range(2))
    feed = CalendarFeed.objects.earliest("pk")

    browser.post(reverse("bookings:revoke_feed", args=[feed.uuid]))

    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


@pytest.mark.django_db
def test_a_person_sees_and_revokes_no_feed_of_others(browser, stranger):
    feed, _ = feeds.make_feed(user=stranger, label="Heron", shows="BUSY", at=NINE)

    response = browser.post(reverse("bookings:revoke_feed", args=[feed.uuid]))

    assert response.status_code == 404
    assert "Heron" not in text_of(browser.get(f"{PAGE}?made={feed.uuid}"))
    assert CalendarFeed.objects.exists()


@pytest.mark.django_db
def test_the_eleventh_feed_is_refused(browser, client_user):
    for number in range(feeds.MOST_FEEDS):
        feeds.make_feed(user=client_user, label=f"{number}", shows="BUSY", at=NINE)

    response = browser.post(PAGE, FORM)

    assert "You have 10 calendar feeds." in text_of(response)
    assert CalendarFeed.objects.count() == feeds.MOST_FEEDS


@pytest.mark.django_db
def test_making_and_revoking_leave_a_trail_without_label_or_token(browser, client_user):
    browser.post(PAGE, FORM)
    feed = CalendarFeed.objects.get()
    browser.post(reverse("bookings:revoke_feed", args=[feed.uuid]))

    trail = CalendarFeed.pgh_event_model.objects.order_by("pgh_id")
    assert [event.pgh_label for event in trail] == ["created", "deleted"]
    assert [event.pgh_context.metadata["page"] for event in trail] == [
        "bookings:calendar_feeds",
        "bookings:revoke_feed",
    ]
    assert "token_sha256" not in {field.name for field in trail.model._meta.fields}


@pytest.mark.django_db
def test_my_data_lists_feeds_without_their_addresses(client_user):
    _, token = feeds.make_feed(user=client_user, label="Heron", shows="BUSY", at=NINE)

    (kept,) = (kept for kept in privacy.kinds() if kept.name == "calendar feeds")
    (row,) = kept.export(client_user)

    assert row["name"] == "Heron"
    assert token not in str(row)
    assert token_hash(token) not in str(row)


# --- Made at once ------------------------------------------------------------------------


def one_left(user):
    """As many calls that make a feed as there are, of which one may succeed."""
    for number in range(feeds.MOST_FEEDS - 1):
        feeds.make_feed(user=user, label=f"{number}", shows="BUSY", at=NINE)

    def call():
        return feeds.make_feed(user=user, label="Phone", shows="BUSY", at=NINE)

    return [call] * 4


@pytest.mark.django_db(transaction=True)
def test_of_four_feeds_made_at_once_the_last_that_may_be_is_made(client_user):
    answers = at_once(one_left(client_user))

    assert CalendarFeed.objects.count() == feeds.MOST_FEEDS
    assert sum(isinstance(answer, feeds.TooManyFeeds) for answer in answers) == 3


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_there_are_too_many(client_user, monkeypatch):
    calls = one_left(client_user)
    monkeypatch.setattr(feeds, "lock_client", lambda user: User.objects.get(pk=user.pk))
    monkeypatch.setattr(feeds.secrets, "token_urlsafe", slow_token())

    at_once(calls)

    assert CalendarFeed.objects.count() > feeds.MOST_FEEDS


def slow_token():
    """A token for which each waits until all have counted and none has written."""
    original, meeting = secrets.token_urlsafe, threading.Barrier(4, timeout=30)

    def make(number):
        meeting.wait()
        return original(number)

    return make
