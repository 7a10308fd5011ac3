"""A visitor chooses a time, signs in and books it, in a browser without script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import CoachingSession
from bookings.tests.scenes import details_url, open_hours
from coaching_portal.testing_browser import violations

PASSWORD = "correct-horse-battery"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_visitor_chooses_signs_in_books_moves_and_cancels(browse, coach, client_user):
    page = browse(width=390, script=False)
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


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_of_booking_are_accessible(browse, coach, client_user, book, free, dark):
    session, late = book(agenda="The rota"), book(in_=timedelta(hours=20))
    details = details_url(coach, free())
    pages = {
        "/book/una-umber/": None,
        "/book/una-umber/?minutes=90": None,
        "/book/una-umber/?minutes=61": None,
        details: None,
        f"{details}&": client_user,
        f"/book/una-umber/done/{session.uuid}/": client_user,
        "/sessions/": client_user,
        f"/sessions/{session.uuid}/": client_user,
        f"/sessions/{session.uuid}/?": coach.user,
        f"/sessions/{session.uuid}/move/": client_user,
        f"/sessions/{late.uuid}/move/": client_user,
        f"/sessions/{late.uuid}/cancel/": client_user,
    }

    found = []
    for path, user in pages.items():
        page = browse(width=390, dark=dark, user=user)
        page.goto(path)
        found += [(path, fault) for fault in violations(page) + page.complaints]

    assert found == []
