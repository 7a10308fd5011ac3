"""Tab goes once round a page and back, and where it stops can be seen."""

import pytest

from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import book_session, open_hours
from coaching_portal.tests.accessibility.keyboard import Keyboard
from coaching_portal.tests.browser import choose_time, press

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = """<!doctype html><html lang="en"><title>Example</title>
<style>{style}</style>
<main><h1>Example</h1><a href="#1">One</a><p style="height: 2000px"><a href="#2">Two</a></p>
<div class="bar"><button>Three</button></div></main></html>"""
BAR = ".bar { position: fixed; inset: 0 0 auto; height: 200px; background: white; }"


@pytest.fixture
def example(browse):
    """example("a { outline: none }"): a keyboard for a page in that style."""

    def show(style=""):
        page = browse()
        page.route(
            "**/example/",
            lambda route: route.fulfill(content_type="text/html", body=PAGE.format(style=style)),
        )
        page.goto("/example/")
        return Keyboard(page)

    return show


def test_focus_that_cannot_be_seen_is_a_fault(example):
    ring = ":focus { outline: 3px solid black }"
    assert len(example(ring).round()) == 3

    for style, fault in (
        (":focus { outline: none }", "does not show"),
        (f"{ring} a {{ position: absolute; left: -999px }}", "outside the window"),
        (f"{ring} {BAR}", "under something else"),
    ):
        with pytest.raises(AssertionError, match=fault):
            example(style).round()


def test_focus_that_is_held_fast_is_a_fault(example):
    keys = example(":focus { outline: 3px solid black }")
    keys.page.evaluate("""document.addEventListener("keydown", (event) => {
        if (document.activeElement.textContent === "Two") event.preventDefault(); })""")

    with pytest.raises(AssertionError, match="does not come round"):
        keys.round()


def _times(page):
    page.goto("/book/una-umber/?minutes=60")
    choose_time(page)  # from here on a bar sticks to the window


def _details(page):
    _times(page)
    press(page, "Continue with this time")


def _move(page):
    session = CoachingSession.objects.get()
    page.goto(f"/sessions/{session.uuid}/move/")
    choose_time(page)


@pytest.mark.parametrize("opened", [_times, _details, _move])
def test_a_client_comes_round_and_back(arrive, coach, client_user, opened):
    open_hours(coach)
    book_session(coach, client_user)
    page = arrive(width=640, user=client_user)
    page.set_viewport_size({"width": 640, "height": 400})
    opened(page)

    _come_round_and_back(page)


@pytest.mark.parametrize("address", ["/calendar/", "/calendar/hours/weekly/", "/clients/"])
def test_a_coach_comes_round_and_back(arrive, coach, client_user, address):
    book_session(coach, client_user)
    page = arrive(width=640, user=coach.user)
    page.set_viewport_size({"width": 640, "height": 400})
    page.goto(address)

    _come_round_and_back(page)


def _come_round_and_back(page):
    """With every part of the page open."""
    page.evaluate("document.querySelectorAll('main details').forEach((part) => part.open = true)")
    forward, back = Keyboard(page).round(), Keyboard(page).round(back=True)

    assert len(forward) > 5
    assert back == forward[::-1]
