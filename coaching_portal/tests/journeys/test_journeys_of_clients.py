"""Clients in Chromium: from a visitor's first look to a session booked, moved, cancelled."""

import re

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.tests.browser import (
    choose_time,
    download,
    fill_in,
    follow,
    in_every_way,
    is_at,
    monday_after,
    press,
    sees,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREE_DAYS = 3 * 24 * 60


@pytest.fixture(autouse=True)
def _open_hours(coach):
    """What is booked can be moved and cancelled at no charge."""
    open_hours(
        coach,
        minimum_notice_minutes=THREE_DAYS,
        opens_on_bank_holidays=True,
        video_room_url="https://video.example.org",
    )


@in_every_way
def test_a_visitor_signs_up_books_moves_and_cancels(arrive, post_office, way):
    page = arrive(**way)
    time = _choose_a_time_as_a_visitor(page)
    is_at(page, "Your details")
    sees(page, time)
    _tell_the_details(page)
    press(page, "Email me a code")
    _enter_code(page, post_office)
    press(page, "Book this session, £112.50")
    is_at(page, "Booked")
    invitation = _invitation_in(post_office.newest_to("nell@example.org"))
    assert (invitation["METHOD"], invitation.uid) == ("REQUEST", _file(page).uid)

    page.goto("/sessions/")
    sees(page, "Your next session", "1 hour 30 minutes with Una Umber")
    _move(page)
    assert _invitation_in(post_office.newest_to("nell@example.org")).sequence == 1
    _cancel(page)
    assert _invitation_in(post_office.newest_to("nell@example.org"))["METHOD"] == "CANCEL"
    assert CoachingSession.objects.get().status == CoachingSession.Status.CANCELLED


def _choose_a_time_as_a_visitor(page):
    page.goto("/coaches/una-umber/")
    follow(page, "See times for 90 minutes")
    is_at(page, "Choose a time with Una Umber")
    page.goto(f"{page.url}&date={monday_after(days=3)}")
    time = choose_time(page, 3)
    press(page, "Continue with this time")
    sees(page, "We are holding this time for you until")
    return time


def _enter_code(page, post_office):
    is_at(page, "Enter the code")
    mail = post_office.newest_to("nell@example.org").get_body("plain").get_content()
    fill_in(page, {"Code": re.search(r"\b\d{6}\b", mail).group()})


def _tell_the_details(page):
    fill_in(
        page,
        {
            "Your full name": "Nell New",
            "Your email address": "nell@example.org",
            "I accept this agreement": True,
            "I want this session in the 14-day cancellation period": True,
        },
    )


def _invitation_in(mail):
    """The part on which calendars act."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    return _read(parts[0].get_content())


def _file(page):
    return _read(download(page, "Apple and others (a file)"))


def _read(text):
    calendar = Calendar.from_ical(text)
    event = calendar.events[0]
    event["METHOD"] = calendar["METHOD"]
    return event


def _move(page):
    follow(page, "Move session", exact=True)
    is_at(page, "Move this session")
    time = choose_time(page, -1)
    press(page, "Move to this time")
    sees(page, "Session moved.", time)


def _cancel(page):
    follow(page, "Cancel session", exact=True)
    is_at(page, "Cancel this session?")
    sees(page, "Free to cancel or move until")
    press(page, "Cancel session")
    sees(page, "Cancelled. Nothing is charged.")
    expect(page.get_by_role("link", name="Move session", exact=True)).to_have_count(0)
