"""The coach's calendar in Chromium: days, weeks and months, by mouse and by keyboard."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.presenters.week import monday_of
from coaching_portal.testing.chromium import barriers
from coaching_portal.testing.factories.sessions import accepted, open_hours

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def monday():
    """Of the week after next, so that all its days are ahead."""
    today = timezone.now().astimezone(LONDON).date()
    return monday_of((today + 14 * DAY).strftime("%G-W%V"))


@pytest.fixture
def session(coach, client_user, monday):
    open_hours(coach, minimum_notice_minutes=0)
    return book(coach, client_user, monday, time(10))


def book(coach, client, day, clock):
    return actions.book(
        booking_request=BookingRequest(
            coach, datetime.combine(day, clock, LONDON), 60, outside_hours=True
        ),
        client=client,
        by=coach.user,
        at=timezone.now(),
        details=accepted(coach),
    )


def drag(page, entry, down):
    """Drag an entry so many pixels down; an hour is 48 (two slots of 24)."""
    box = entry.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x, y + down * step / 8)
    page.mouse.up()


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York"])
def test_a_session_is_dragged_by_her_clock_wherever_the_browser_is(browse, coach, session, zone):
    page = browse(user=coach.user, zone=zone)
    page.goto(f"/calendar/?view=week&date={session.starts_at.date()}")
    entry = page.locator(".ec-event", has_text="Cleo Client")
    expect(entry).to_contain_text("10am to 11am")

    with page.expect_response("**/time/"):
        drag(page, entry, 96)

    expect(page.get_by_role("status").last).to_contain_text("Cleo Client is moved to")
    expect(entry).to_contain_text("12pm to 1pm")
    session.refresh_from_db()
    assert session.starts_at.astimezone(LONDON).time() == time(12)
    assert page.complaints == []


def test_a_drop_that_is_refused_goes_back_and_says_why(browse, coach, session, make_user, monday):
    book(coach, make_user("ann@example.org", name="Ann"), monday, time(12))
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=day&date={monday}")
    entry = page.locator(".ec-event", has_text="Cleo Client")

    with page.expect_response("**/time/"):
        drag(page, entry, 96)

    expect(page.get_by_role("status").last).to_contain_text("Cleo Client stays where it was.")
    expect(entry).to_contain_text("10am to 11am")
    session.refresh_from_db()
    assert session.starts_at.astimezone(LONDON).time() == time(10)


def test_a_drop_outside_her_hours_is_confirmed_by_a_button(browse, coach, session, monday):
    actions.set_date(coach=coach, date=monday, shifts=[(time(9), time(11))])
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=day&date={monday}")

    with page.expect_response("**/time/"):
        drag(page, page.locator(".ec-event", has_text="Cleo Client"), 96)
    page.get_by_role("button", name="Move it there all the same").click()

    expect(page.get_by_role("status").last).to_contain_text("Cleo Client is moved to")
    session.refresh_from_db()
    assert session.starts_at.astimezone(LONDON).time() == time(12)


def test_a_drag_is_undone_by_a_button(browse, coach, session, monday):
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=day&date={monday}")
    entry = page.locator(".ec-event", has_text="Cleo Client")

    with page.expect_response("**/time/"):
        drag(page, entry, 96)
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("status").last).to_contain_text("Undone. Cleo Client:")
    expect(entry).to_contain_text("10am to 11am")
    session.refresh_from_db()
    assert session.starts_at.astimezone(LONDON).time() == time(10)


def test_its_end_is_dragged_to_a_longer_session(browse, coach, session, monday):
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=day&date={monday}")
    entry = page.locator(".ec-event", has_text="Cleo Client")
    entry.hover()
    end = entry.locator(".ec-resizer").bounding_box()
    x, y = end["x"] + end["width"] / 2, end["y"] + end["height"] / 2

    with page.expect_response("**/time/"):
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 9):
            page.mouse.move(x, y + 3 * step)
        page.mouse.up()

    expect(entry).to_contain_text("10am to 11:30am")
    session.refresh_from_db()
    assert session.minutes == 90


def test_a_click_on_a_free_time_books_at_it(browse, coach, session, monday):
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=day&date={monday}")
    box = page.locator(".ec-event", has_text="Cleo Client").bounding_box()

    page.mouse.click(box["x"] + 30, box["y"] + 8 + 4 * 24)

    page.wait_for_url("**/calendar/book/?starts_at=*")
    assert f"{monday}T12%3A00%3A00" in page.url


def test_days_weeks_and_months_meet_no_barriers(browse, coach, session, monday):
    page = browse(user=coach.user)
    for view in ("day", "week", "month"):
        page.goto(f"/calendar/?view={view}&date={monday}")
        expect(page.locator(".ec-event", has_text="Cleo Client")).to_be_visible()
        assert barriers(page) == [], view
    assert page.complaints == []


def test_by_keyboard_from_view_to_view_and_into_a_session(browse, coach, session, monday):
    page = browse(user=coach.user)
    page.goto(f"/calendar/?view=week&date={monday}")
    expect(page.locator(".ec-event", has_text="Cleo Client")).to_be_visible()

    page.get_by_role("button", name="Month").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=f"{monday:%B %Y}")).to_be_visible()
    assert f"view=month&date={monday:%Y-%m}-01" in page.url
    page.reload()
    page.locator(".ec-event").get_by_role("link", name="Cleo Client").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Session with Cleo Client")
    assert page.url.endswith(f"/sessions/{session.uuid}/")


def test_on_a_phone_the_list_leads_to_the_other_views(browse, coach, session, monday):
    page = browse(user=coach.user, width=390)
    page.goto(f"/calendar/?date={monday}")

    expect(page.get_by_role("link", name="Cleo Client")).to_be_visible()
    page.get_by_role("link", name="Day", exact=True).click()

    expect(page.locator(".ec-event", has_text="Cleo Client")).to_be_visible()


def test_without_a_script_the_week_and_the_list_remain(browse, coach, session, monday):
    page = browse(user=coach.user, script=False)
    page.goto(f"/calendar/?date={monday}")

    expect(page.get_by_role("link", name="Cleo Client").first).to_be_visible()
    page.get_by_role("link", name="As a list").click()
    expect(page.get_by_role("link", name="Cleo Client").first).to_be_visible()
