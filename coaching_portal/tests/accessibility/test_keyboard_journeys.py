"""Client and coach do their work without a mouse, as large as it comes and at twice the size."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import CoachingSession, Programme, TimeOff, WeeklyHours
from coaching_portal.testing.factories.sessions import book_session, open_hours
from coaching_portal.tests.accessibility.keyboard import Keyboard
from coaching_portal.tests.browser import PASSWORD, is_at, is_told_of_problem, sees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREE_WEEKS = 21 * 24 * 60
SIZES = {"as it is": (1280, 800), "at twice the size": (640, 400)}


@pytest.fixture(params=SIZES.values(), ids=SIZES)
def keys(arrive, request):
    width, height = request.param
    page = arrive(width=width)
    page.set_viewport_size({"width": width, "height": height})
    return Keyboard(page)


def _sign_in(keys, user):
    user.set_password(PASSWORD)
    user.save()
    keys.page.goto("/coaches/")
    keys.choose_from_menu("Sign in")
    is_at(keys.page, "Sign in")
    keys.follow("Sign in", among="main button")
    keys.answer_problem("Enter your email address")
    keys.type(user.email)
    keys.to("Password").type(PASSWORD).press("Enter")
    expect(keys.page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def test_a_client_finds_books_moves_and_cancels(keys, coach, client_user):
    open_hours(coach, minimum_notice_minutes=THREE_WEEKS)
    _sign_in(keys, client_user)
    page = keys.page

    keys.choose_from_menu("Coaches")
    is_at(page, "Coaches")
    keys.follow("Skip to content")
    keys.follow("Una Umber")
    is_at(page, "Una Umber")
    keys.follow("See times for 90 minutes")
    is_at(page, "Choose a time with Una Umber")
    _book(keys)

    keys.choose_from_menu("My sessions")
    is_at(page, "My sessions")
    keys.follow("Move")
    is_at(page, "Move this session")
    keys.to("", among="[name=start]").press("Space")
    keys.follow("Move to this time")
    sees(page, "Session moved.")
    keys.follow("Cancel", among="main a")
    is_at(page, "Cancel this session?")
    keys.follow("Cancel session")
    sees(page, "Cancelled. Nothing is charged.")
    assert CoachingSession.objects.get().status == CoachingSession.Status.CANCELLED


def _book(keys):
    keys.follow("Continue with this time")
    is_told_of_problem(keys.page, "Choose a time.")
    keys.follow("Go to the free times")
    keys.to("", among="[name=start]").press("ArrowDown", "ArrowDown")
    keys.follow("Continue with this time")
    is_at(keys.page, "Check and confirm")
    keys.follow("Book this session, £112.50")
    keys.answer_problem("Tick to accept the agreement.")
    keys.press("Space")
    keys.follow("Book this session, £112.50")
    is_at(keys.page, "Booked")


def test_a_coach_opens_hours_takes_time_off_and_proposes_a_programme(keys, coach, client_user):
    book_session(coach, client_user)
    _sign_in(keys, coach.user)
    page = keys.page

    keys.choose_from_menu("Calendar")
    is_at(page, "Your calendar")
    keys.follow("Your hours and time off")
    _open_on_saturdays(keys)
    _take_a_day_off(keys)

    keys.choose_from_menu("Clients")
    is_at(page, "Your clients")
    keys.follow("Cleo Client")
    is_at(page, "Cleo Client")
    keys.follow("Propose a programme")
    _propose(keys)


def _open_on_saturdays(keys):
    is_at(keys.page, "Your hours")
    keys.follow("Change weekly hours")
    is_at(keys.page, "Weekly hours")
    keys.to("Saturday, first shift, from").type("0900AM")
    keys.to("Saturday, first shift, to").type("1130AM").press("Enter")
    is_at(keys.page, "Your hours")
    assert WeeklyHours.objects.filter(weekday=5).exists()


def _take_a_day_off(keys):
    """The twelfth of the twelfth, whichever of the two a browser asks for first."""
    keys.follow("Take time off")
    is_at(keys.page, "Take time off")
    keys.follow("Take this time off")
    keys.answer_problem("Enter")
    keys.type(f"1212{timezone.now().year + 1}")
    keys.to("To", among="[name=ends_on]").type(f"1212{timezone.now().year + 1}").press("Enter")
    is_at(keys.page, "Your hours")
    assert TimeOff.objects.exists()


def _propose(keys):
    expect(keys.page.get_by_label("Title")).to_be_visible()
    keys.to("Title").type("After the merger")
    keys.to("Review date").type(f"1212{timezone.now().year + 1}")
    keys.follow("Propose these terms")
    is_at(keys.page, "After the merger")
    assert Programme.objects.exists()
