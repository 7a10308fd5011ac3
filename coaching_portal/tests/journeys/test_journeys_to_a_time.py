"""Booking in Chromium when it is not straightforward: a wrong number, a conflict, no mouse."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.tests.browser import (
    PASSWORD,
    choose_time,
    fill_in,
    in_every_way,
    is_at,
    is_told_of_problem,
    monday_after,
    on_a_phone,
    press,
    sees,
    tab_to,
    was_refused_with,
)
from profiles.models import Membership, Organisation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TWENTY_DAYS = 20 * 24 * 60


@pytest.fixture(autouse=True)
def _open_hours(coach):
    """Beyond the 14 days in which a client can withdraw, so that nothing is asked about them."""
    open_hours(coach, minimum_notice_minutes=TWENTY_DAYS, opens_on_bank_holidays=True)


@pytest.fixture
def trust(client_user):
    trust = Organisation.objects.create(
        name="Example Trust",
        requires_purchase_order=True,
        purchase_order_mask="PO-999999",
        purchase_order_hint="PO- and six digits",
    )
    Membership.objects.create(user=client_user, organisation=trust, role=Membership.Role.MEMBER)
    return trust


@in_every_way
def test_a_wrong_purchase_order_is_said_and_nothing_typed_is_lost(arrive, client_user, trust, way):
    page = arrive(**way)
    _choose_a_time(page)
    _sign_in(page, client_user)
    fill_in(
        page,
        {
            "Example Trust": True,
            "Purchase order number": "123",
            "Accessibility needs": "Large print",
            "What would you like to talk about?": "The new role",
            "I accept this agreement": True,
        },
    )
    press(page, "Book this session, £75.00")

    words = (
        "Enter the purchase order number in the form that Example Trust uses: PO- and six digits."
    )
    is_told_of_problem(page, words)
    page.get_by_role("link", name=words).click()
    number = page.get_by_label("Purchase order number")
    expect(number).to_be_focused()
    expect(number).to_have_value("123")
    expect(page.get_by_label("Accessibility needs")).to_have_value("Large print")
    expect(page.get_by_label("What would you like to talk about?")).to_have_value("The new role")
    for answer in ("Example Trust", "I accept this agreement"):
        expect(page.get_by_label(answer)).to_be_checked()

    number.fill("PO-123456")
    press(page, "Book this session, £75.00")
    is_at(page, "Booked")
    session = CoachingSession.objects.get(status=CoachingSession.Status.BOOKED)
    assert (session.organisation, session.purchase_order) == (trust, "PO-123456")


@on_a_phone
def test_who_comes_second_is_told_and_offered_the_nearest_times(arrive, client_user, stranger, way):
    second, first = arrive(user=client_user, **way), arrive(user=stranger)
    second.goto(_times())
    wanted = choose_time(second, 2)
    assert _book(first, 2) == wanted

    press(second, "Continue with this time")

    is_told_of_problem(second, "That time has just been taken.")
    was_refused_with(second, 409)
    _take_the_nearest_time(second)
    press(second, "Continue with this time")
    is_at(second, "Check and confirm")


@on_a_phone
def test_a_hold_that_ran_out_loses_the_time_and_nothing_typed(arrive, client_user, stranger, way):
    second, first = arrive(user=client_user, **way), arrive(user=stranger)
    _choose_a_time(second)
    fill_in(
        second,
        {"What would you like to talk about?": "The rota", "I accept this agreement": True},
    )
    _let_holds_run_out()
    _book(first)

    press(second, "Book this session, £75.00")

    is_told_of_problem(second, "That time has just been taken.")
    was_refused_with(second, 409)
    expect(second.get_by_label("What would you like to talk about?")).to_have_value("The rota")
    time = _take_the_nearest_time(second)
    press(second, "Book this session, £75.00")
    is_at(second, "Booked")
    sees(second, time)


def test_a_session_is_booked_with_the_keyboard_alone(arrive, client_user):
    page = arrive(user=client_user)
    page.goto("/book/una-umber/")
    _use_keys_to(page, "Skip to content", "Enter")
    is_at(page, "Choose a time with Una Umber")
    _use_keys_to(page, "Session", "ArrowDown")
    _use_keys_to(page, "Show times", "Enter")
    expect(page.get_by_label("Session")).to_have_value("60")
    _use_keys_to(page, "Continue with this time", "Enter")
    is_told_of_problem(page, "Choose a time.")
    _use_keys_to(page, "", "Space", among="[name=start]")
    _use_keys_to(page, "Continue with this time", "Enter")

    is_at(page, "Check and confirm")
    _use_keys_to(page, "What would you like to talk about?")
    page.keyboard.type("The rota")
    _use_keys_to(page, "Book this session, £75.00", "Enter")
    is_told_of_problem(page, "Tick to accept the agreement.")
    _use_keys_to(page, "Tick to accept the agreement.", "Enter")
    page.keyboard.press("Space")
    _use_keys_to(page, "Book this session, £75.00", "Enter")
    is_at(page, "Booked")
    assert CoachingSession.objects.get().agenda.get().text == "The rota"


def _times():
    return f"/book/una-umber/?minutes=60&date={monday_after(days=20)}"


def _use_keys_to(page, name, *keys, among="*"):
    tab_to(page, name, among=among)
    for key in keys:
        page.keyboard.press(key)


def _choose_a_time(page):
    page.goto(_times())
    choose_time(page)
    press(page, "Continue with this time")


def _sign_in(page, user):
    user.set_password(PASSWORD)
    user.save()
    press(page, "Sign in")
    fill_in(page, {"Email address": user.email, "Password": PASSWORD})
    press(page, "Sign in")
    is_at(page, "Check and confirm")
    sees(page, "We are holding this time for you until")


def _book(page, number=0):
    """Somebody books that one of the free times; which one it was."""
    page.goto(_times())
    time = choose_time(page, number)
    press(page, "Continue with this time")
    fill_in(page, {"I accept this agreement": True})
    press(page, "Book this session, £75.00")
    is_at(page, "Booked")
    return time


def _let_holds_run_out():
    CoachingSession.objects.update(held_until=timezone.now() - timedelta(seconds=1))


def _take_the_nearest_time(page):
    nearest = page.get_by_role("group", name="The nearest free times")
    expect(nearest.get_by_role("radio")).to_have_count(3)
    page.get_by_role("link", name="Choose one of the nearest free times").click()
    return choose_time(nearest)
