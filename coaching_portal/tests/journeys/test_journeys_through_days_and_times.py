"""Days, then times, in Chromium: how long the page is, what there is to press, how far it is."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import CoachingSession, WeeklyHours
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.tests.browser import choose_time, is_at, monday_after, press, sees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOOK = "/book/una-umber/"
OPEN = {"minimum_notice_minutes": 15 * 24 * 60, "opens_on_bank_holidays": True}
WEEK = timedelta(days=7)
PHONE = {"width": 390, "height": 844}

CONTROLS = """() => [...document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, summary, textarea"
  )].filter((each) => each.checkVisibility()).length"""
HEIGHT = "() => document.documentElement.scrollHeight"
SHIFT = """() => new Promise((done) => new PerformanceObserver((list) =>
    done(list.getEntries().reduce((sum, each) => sum + each.value, 0))
  ).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 500))"""


@pytest.fixture
def phone(arrive):
    """phone(script=True): a page of a telephone's size."""

    def take(**way):
        page = arrive(width=PHONE["width"], **way)
        page.set_viewport_size(PHONE)
        return page

    return take


@pytest.mark.parametrize("is_open_all_day", [False, True], ids=["9 to 5", "all day"])
@pytest.mark.parametrize("grid", [5, 15, 30])
def test_on_a_phone_it_is_two_screens_and_forty_controls_whatever_the_grid(
    phone, coach, client_user, grid, is_open_all_day
):
    open_hours(coach, grid_minutes=grid, **OPEN)
    if is_open_all_day:
        WeeklyHours.objects.filter(coach=coach).update(starts="00:00", ends="00:00")
    for user in (None, client_user):
        page = phone(user=user)
        for asked in ("", f"&date={monday_after(days=22) + WEEK}"):
            page.goto(f"{BOOK}?minutes=60{asked}")
            expect(page.locator(".strip a[aria-current=date]")).to_have_count(1)
            assert page.evaluate(HEIGHT) <= 2 * PHONE["height"]
            assert page.evaluate(CONTROLS) <= 40
            assert page.evaluate(SHIFT) == 0


def test_more_times_can_be_opened_and_chosen(phone, coach):
    open_hours(coach, grid_minutes=5, **OPEN)
    page = phone(script=False)
    page.goto(f"{BOOK}?minutes=60&date={monday_after(days=22)}")
    times = page.locator("[name=start]").filter(visible=True)
    expect(times).to_have_count(8)

    page.get_by_text("More morning times").click()
    expect(times).to_have_count(8 + 33)
    page.get_by_role("radio", name="9:05am").check()
    press(page, "Continue with this time")

    sees(page, "We are holding this time for you until", "9:05am")


def test_without_script_each_day_is_a_link(phone, coach):
    open_hours(coach, **OPEN)
    page = phone(script=False)
    page.goto(BOOK)
    days = page.locator(".strip li a")
    third = days.nth(2).get_attribute("aria-label")

    days.nth(2).click()
    expect(page.locator(".strip [aria-current=date]")).to_have_attribute("aria-label", third)
    expect(page.get_by_role("group", name=f"{third}")).to_be_visible()

    page.get_by_role("link", name="Later", exact=True).click()
    expect(days.first).to_have_attribute("aria-current", "date")
    page.get_by_role("link", name="Earlier", exact=True).click()
    expect(days.nth(2)).to_have_attribute("aria-label", third)


def test_length_location_and_day_change_on_the_same_page(phone, coach):
    open_hours(coach, **OPEN)
    page = phone(script=False)
    page.goto(f"{BOOK}?date={monday_after(days=22)}")
    expect(page.get_by_label("Session")).to_have_value("30")

    page.get_by_label("Session").select_option("90")
    page.get_by_label("Location").select_option("TELEPHONE")
    press(page, "Show times")

    is_at(page, "Choose a time with Una Umber")
    sees(page, "1 hour 30 minutes, £112.50. We hold it for you")
    expect(page.get_by_label("Date")).to_have_value(monday_after(days=22).isoformat())
    choose_time(page)
    press(page, "Continue with this time")
    held = CoachingSession.objects.get()
    assert (held.minutes, held.location) == (90, "TELEPHONE")
    assert timezone.localdate(held.starts_at) == monday_after(days=22)


def test_on_a_desk_a_month_stands_beside_the_times(arrive, coach):
    open_hours(coach, **OPEN)
    page = arrive(width=1280)
    page.goto(f"{BOOK}?date={monday_after(days=22)}")
    expect(page.locator(".strip a").filter(visible=True)).to_have_count(0)

    page.get_by_role("link", name="Later month").click()
    expect(page.locator(".month caption")).not_to_have_text(f"{monday_after(days=22):%B %Y}")
    page.get_by_role("link", name="Earlier month").click()
    day = page.locator(".month td a").last
    words = day.get_attribute("aria-label")
    day.click()
    expect(page.locator(".month [aria-current=date]")).to_have_attribute("aria-label", words)
    expect(page.get_by_role("group", name=f"{words}")).to_be_visible()


@pytest.mark.parametrize(
    ("zone", "offered"),
    [
        ("America/New_York", "New York time"),
        ("Europe/London", ""),
        ("Europe/Jersey", ""),  # the same clock
        ("Etc/GMT+9", ""),  # nobody's place
    ],
)
def test_the_browsers_zone_is_offered_where_its_clock_differs(
    chromium, live_server, coach, zone, offered
):
    open_hours(coach, **OPEN)
    context = chromium.new_context(base_url=live_server.url, timezone_id=zone, viewport=PHONE)
    page = context.new_page()
    page.goto(f"{BOOK}?minutes=60&date={monday_after(days=22)}")
    sees(page, "Times are shown in UK time.")

    button = page.get_by_role("button", name="Show times in")
    if offered:
        assert page.evaluate(SHIFT) == 0
        assert page.evaluate(CONTROLS) <= 40
        button.click()
        sees(page, f"Times are shown in {offered}.")
        expect(page.get_by_label("Date")).to_have_value(monday_after(days=22).isoformat())
    expect(button).to_have_count(0)
    context.close()


def test_a_new_visitor_comes_to_a_held_free_time_in_one_page_and_two_clicks(phone, coach):
    open_hours(coach, **OPEN)
    page = phone()
    steps = _Steps(page)
    page.goto(BOOK)

    steps.click(page.locator("[name=start]").filter(visible=True).first)
    steps.click(page.get_by_role("button", name="Continue with this time"))

    sees(page, "We are holding this time for you until", "Free introductory conversation")
    assert (steps.clicks, steps.pages) == (2, ["/book/una-umber/", "/book/una-umber/details/"])


def test_a_new_visitor_comes_from_the_first_page_to_a_time_in_one_click(phone, coach):
    open_hours(coach, **OPEN)
    page = phone()
    steps = _Steps(page)
    page.goto("/")

    times = page.locator(".times a")
    days = {link.get_attribute("href").split("start=")[1][:10] for link in times.all()}
    assert len(days) == 3
    steps.click(times.first)

    sees(page, "Free introductory conversation", "Email me a code")
    assert (steps.clicks, steps.pages) == (1, ["/", "/book/una-umber/details/"])


def test_a_client_signed_in_books_on_two_pages_with_one_field(phone, coach, client_user):
    open_hours(coach, **OPEN)
    page = phone(user=client_user)
    steps = _Steps(page)
    page.goto(f"{BOOK}?minutes=60")

    steps.click(page.locator("[name=start]").filter(visible=True).first)
    steps.click(page.get_by_role("button", name="Continue with this time"))
    steps.click(page.get_by_label("I accept this agreement"))
    steps.click(page.get_by_role("button", name="Book this session, £75.00"))

    is_at(page, "Booked")
    before_it = ["/book/una-umber/", "/book/una-umber/details/"]
    assert (steps.clicks, steps.pages[:-1]) == (4, before_it)


class _Steps:
    """The pages that a person sees, and how often they click."""

    def __init__(self, page):
        self.clicks, self.pages = 0, []
        page.on("load", lambda seen: self.pages.append(urlsplit(seen.url).path))

    def click(self, control):
        control.click()
        self.clicks += 1
