"""A visitor chooses a time, signs in and books it, in a browser without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from bookings.models import CoachingSession
from bookings.tests.scenes import open_hours

CHROMIUM = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
PASSWORD = "correct-horse-battery"


@pytest.fixture
def page(live_server):
    """A telephone's page, without script."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        context = browser.new_context(
            java_script_enabled=False,
            viewport={"width": 390, "height": 844},
            base_url=live_server.url,
        )
        yield context.new_page()
        browser.close()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_visitor_chooses_signs_in_books_moves_and_cancels(page, coach, client_user):
    open_hours(coach, minimum_notice_minutes=16 * 24 * 60)
    client_user.set_password(PASSWORD)
    client_user.save()

    page.goto("/book/una-umber/")
    page.get_by_label("1 hour 30 minutes, £112.50").check()
    page.get_by_role("button", name="Continue to times").click()
    page.locator("input[name=start]").nth(3).check(force=True)
    page.get_by_role("button", name="Continue with this time").click()
    expect(page.get_by_text("We are keeping this time for you until")).to_be_visible()
    page.get_by_role("button", name="Sign in").click()
    page.fill("[name=login]", client_user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")

    expect(page.get_by_role("heading", name="Check and confirm")).to_be_visible()
    page.get_by_label("What would you like to talk about?").fill("The rota")
    page.get_by_label("I accept this agreement").check()
    page.get_by_role("button", name="Book this session, £112.50").click()
    expect(page.get_by_role("heading", name="Booked", exact=True)).to_be_visible()
    session = CoachingSession.objects.get()
    assert session.is_booked
    assert session.starts_at > timezone.now() + timedelta(days=16)

    page.get_by_role("link", name="Move", exact=True).click()
    page.locator("input[name=start]").last.check(force=True)
    page.get_by_role("button", name="Move to this time").click()
    expect(page.get_by_text("Session moved.")).to_be_visible()

    page.get_by_role("link", name="Cancel", exact=True).click()
    expect(page.get_by_text("Cancelling now is free of charge.")).to_be_visible()
    page.get_by_role("button", name="Cancel the session").click()
    expect(page.get_by_text("Session cancelled.")).to_be_visible()
    session.refresh_from_db()
    assert (session.status, session.sequence) == ("CANCELLED", 2)
