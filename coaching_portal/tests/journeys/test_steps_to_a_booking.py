"""How far it is to a booked session on a phone: pages, clicks and fields, counted in Chromium.

Pages are those before "Booked"; fields are what is typed: a tick is a click.
"""

import re
from urllib.parse import urlsplit

import pytest

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.tests.browser import is_at, monday_after, sees
from profiles.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPEN = {"minimum_notice_minutes": 15 * 24 * 60, "opens_on_bank_holidays": True}
NEW = "nell@example.org"


class Counted:
    """A person at a page, whose steps are counted."""

    def __init__(self, page):
        self.page, self.clicks, self.fields, self.pages = page, 0, 0, []
        page.on("load", lambda seen: self.pages.append(urlsplit(seen.url).path))

    def click(self, control):
        control.filter(visible=True).first.click()
        self.clicks += 1

    def press(self, name):
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def type(self, label, words):
        self.page.get_by_label(label, exact=True).fill(words)
        self.fields += 1

    @property
    def steps(self):
        """(pages before "Booked", clicks, fields)."""
        is_at(self.page, "Booked")
        return len(self.pages) - 1, self.clicks, self.fields


@pytest.fixture
def person(arrive, coach):
    """person(user): on a phone, about to choose a time."""
    open_hours(coach, **OPEN)

    def at_the_times(user=None, minutes=30):
        counted = Counted(arrive(width=390, user=user))
        asked = f"minutes={minutes}&date={monday_after(days=22)}"
        counted.page.goto(f"/book/una-umber/?{asked}")
        counted.click(counted.page.locator("[name=start]"))
        counted.press("Continue with this time")
        return counted

    return at_the_times


def give_name_and_email(counted):
    is_at(counted.page, "Your details")
    sees(counted.page, "We are holding this time for you until")
    counted.type("Your full name*", "Nell New")
    counted.type("Your email address*", NEW)


def enter_code(counted, post_office, button):
    counted.press("Email me a code")
    is_at(counted.page, "Enter the code")
    mail = post_office.newest_to(NEW).get_body("plain").get_content()
    counted.type("Code*", re.search(r"\b\d{6}\b", mail).group())
    counted.press(button)


def test_a_new_visitor_has_a_first_conversation_in_three_pages_and_two_fields_and_a_code(
    person, post_office
):
    counted = person()
    give_name_and_email(counted)
    enter_code(counted, post_office, "Book this session, free")

    assert counted.steps == (3, 4, 2 + 1)
    assert CoachingSession.objects.get().client == User.objects.get(email=NEW)


def test_a_new_visitor_has_a_paid_hour_with_one_tick_more(person, post_office):
    counted = person(minutes=60)
    give_name_and_email(counted)
    counted.click(counted.page.get_by_label("I accept this agreement"))
    enter_code(counted, post_office, "Book this session, £75.00")

    assert counted.steps == (3, 5, 2 + 1)


def test_the_link_in_the_email_needs_no_code(person, post_office):
    counted = person()
    give_name_and_email(counted)
    counted.press("Email me a code")
    is_at(counted.page, "Enter the code")
    mail = post_office.newest_to(NEW).get_body("plain").get_content()
    counted.page.goto(urlsplit(re.search(r"http\S+/book/link/\S+", mail).group()).path)
    counted.press("Book this session, free")

    assert counted.steps == (4, 4, 2)


def test_a_client_who_is_signed_out_takes_the_steps_of_a_new_visitor(
    person, post_office, make_user
):
    user = make_user(NEW, name="Nell Known")
    counted = person()
    give_name_and_email(counted)
    enter_code(counted, post_office, "Book this session, free")

    assert counted.steps == (3, 4, 2 + 1)
    user.refresh_from_db()
    assert (CoachingSession.objects.get().client, user.name) == (user, "Nell Known")


def test_a_client_who_is_signed_in_takes_two_pages_and_no_field(person, client_user):
    counted = person(client_user, minutes=60)
    counted.click(counted.page.get_by_label("I accept this agreement"))
    counted.press("Book this session, £75.00")

    assert counted.steps == (2, 4, 0)


def test_a_double_click_on_the_last_button_books_once_and_leaves_the_visitor_signed_in(
    person, post_office
):
    counted = person()
    give_name_and_email(counted)
    counted.press("Email me a code")
    mail = post_office.newest_to(NEW).get_body("plain").get_content()
    counted.page.get_by_label("Code*").fill(re.search(r"\b\d{6}\b", mail).group())
    counted.page.get_by_role("button", name="Book this session, free").dblclick()

    is_at(counted.page, "Booked")
    assert CoachingSession.objects.count() == 1
    counted.page.goto("/sessions/")
    is_at(counted.page, "My sessions")
