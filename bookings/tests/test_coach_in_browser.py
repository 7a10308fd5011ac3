"""The coach's pages in Chromium: readable by everyone, and working without script."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.presenters.week import code_of
from coaching_portal.testing.chromium import barriers, violations
from coaching_portal.testing.factories.sessions import accepted, agreed_programme, open_hours
from profiles.models import Client

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def practice(coach, client_user, make_user):
    """A coach in the middle of her work: a week with sessions before and after now."""
    open_hours(coach, video_room_url="https://video.example.org/una", buffer_minutes=15)
    today = timezone.now().astimezone(LONDON).date()
    monday = today - today.weekday() * DAY
    long_ago = timezone.now() - 60 * DAY
    ann = make_user("ann@example.org", name="Annabel Featherstonehaugh-Example")

    def book(client, day, clock, minutes=60):
        starts_at = datetime.combine(monday + day * DAY, clock, LONDON)
        booking_request = BookingRequest(coach, starts_at, minutes, outside_hours=True)
        details = accepted(coach)
        return actions.book(
            booking_request=booking_request,
            client=client,
            by=coach.user,
            at=long_ago,
            details=details,
        )

    book(client_user, -3, time(10))
    missed = book(ann, -4, time(11))
    actions.no_show(session=missed, by=coach.user, at=missed.ends_at)
    book(client_user, 0, time(9))
    book(ann, 0, time(10, 15), 90)
    book(client_user, 1, time(14), 30)
    book(ann, 3, time(9, 45), 120)
    book(client_user, 9, time(11))
    agreed_programme(coach, client_user)
    actions.set_date(coach=coach, date=today + 10 * DAY, shifts=[(time(14), time(18))])
    starts_at = datetime.combine(monday + 2 * DAY, time(), LONDON)
    actions.take_time_off(coach=coach, starts_at=starts_at, ends_at=starts_at + DAY, reason="Leave")
    ahead = datetime.combine(monday + 9 * DAY, time(), LONDON)
    actions.take_time_off(coach=coach, starts_at=ahead, ends_at=ahead + DAY)
    return coach


def addresses(coach):
    today = timezone.now().astimezone(LONDON).date()
    friday = today - today.weekday() * DAY - 3 * DAY
    client = Client.objects.filter(coach=coach).order_by("pk").first()
    return {
        "calendar": f"/calendar/?week={code_of(today)}",
        "calendar-list": f"/calendar/?week={code_of(today)}&view=list",
        "confirm": f"/calendar/confirm/{friday}/",
        "income": "/calendar/income/",
        "hours": "/calendar/hours/",
        "weekly": "/calendar/hours/weekly/",
        "date": f"/calendar/hours/dates/{today + 10 * DAY}/",
        "time-off": "/calendar/hours/time-off/new/",
        "rules": "/calendar/hours/rules/",
        "clients": "/clients/",
        "client": f"/clients/{client.uuid}/",
    }


def test_pages_have_no_barriers(practice, browse):
    page = browse(user=practice.user)

    for name, address in addresses(practice).items():
        page.goto(address)
        assert barriers(page) == [], name
    assert page.complaints == []


def test_errors_are_summed_up_and_found(practice, browse):
    page = browse(user=practice.user)
    page.goto("/calendar/hours/weekly/")

    page.get_by_label("Monday, first shift, to").fill("08:00")
    page.get_by_role("button", name="Save weekly hours").click()

    expect(page).to_have_title(re.compile("^Error: "))
    page.get_by_role("link", name="Monday: 9am to 8am ends before it starts.").click()
    assert page.evaluate("document.activeElement.id") == "id_day0_0_ends"
    assert violations(page) == []


def test_a_week_is_changed_and_a_day_confirmed_without_script(practice, browse):
    page = browse(width=390, script=False, user=practice.user)
    page.goto("/calendar/hours/weekly/")
    page.get_by_label("Saturday, first shift, from").fill("09:00")
    page.get_by_label("Saturday, first shift, to").fill("12:30")
    page.get_by_role("button", name="Save weekly hours").click()
    expect(page.get_by_text("9am to 12:30pm")).to_be_visible()

    page.goto(addresses(practice)["confirm"])
    page.get_by_role("button", name="Confirm").click()

    expect(page.get_by_text("1 session is confirmed.")).to_be_visible()


def test_the_week_is_drawn_true_to_time(coach, client_user, browse):
    open_hours(coach, grid_minutes=15)
    monday = datetime(2035, 6, 4, 9, tzinfo=LONDON)
    long_ago = timezone.now()

    def book(clock, minutes):
        starts_at = datetime.combine(monday, clock, LONDON)
        booking_request = BookingRequest(coach, starts_at, minutes, outside_hours=True)
        actions.book(
            booking_request=booking_request,
            client=client_user,
            by=coach.user,
            at=long_ago,
            details=accepted(coach),
        )

    book(time(9, 15), 90)
    book(time(11), 30)
    actions.take_time_off(
        coach=coach,
        starts_at=datetime.combine(monday, time(15, 15), LONDON),
        ends_at=datetime.combine(monday, time(16, 50), LONDON),
    )

    page = browse(user=coach.user, width=1280)
    page.goto(f"/calendar/?week={code_of(monday.date())}")

    box = "element => { const r = element.getBoundingClientRect(); return [r.top, r.bottom]; }"
    hours = [each.evaluate(box) for each in page.locator(".week-scale li").all()]
    assert len({round(bottom - top, 1) for top, bottom in hours}) == 1  # rows have one height
    origin, height = hours[0][0], hours[0][1] - hours[0][0]
    drawn = [
        [round((edge - origin) / height * 60 + 8 * 60) for edge in each.evaluate(box)]
        for each in page.locator(".week-hours li").all()
    ]
    assert drawn == [[555, 645], [660, 690], [915, 1010]]
    inside = page.locator(".week-hours .entry").first.evaluate(box)
    assert abs(inside[1] - inside[0] - height * 1.5) <= 4  # the entry fills its time
    assert violations(page) == []
