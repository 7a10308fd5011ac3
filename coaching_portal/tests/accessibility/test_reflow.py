"""What watches over pages sees their faults: narrow, spaced out, moving, of colours too alike."""

import pytest

from coaching_portal.testing.chromium import violations
from coaching_portal.tests.accessibility.reflow import losses, motions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGE = """<!doctype html><html lang="en"><title>Example</title><style>{style}</style>
<main><h1>Example</h1>{content}</main></html>"""


@pytest.fixture
def shown(browse):
    """shown("<p>A text</p>", style="p { width: 9rem }"): a page that consists of it."""

    def show(content, style=""):
        page, body = browse(), PAGE.format(content=content, style=style)
        page.route("**/example/", lambda route: route.fulfill(content_type="text/html", body=body))
        page.goto("/example/")
        return page

    return show


def test_nothing_is_lost_of_a_page_that_wraps(shown):
    assert losses(shown("<p>A text that is long enough to take up more than one line.</p>")) == []


@pytest.mark.parametrize(
    ("style", "loss"),
    [
        ("p { width: 400px }", "320 px: scrolls sideways to 408 px"),
        ("p { white-space: nowrap; width: 5rem }", "640 px: “A text to be lost” spills"),
        ("p { height: 1.2em; overflow: hidden; width: 8rem }", "“A text to be lost” is cut"),
        ("main { overflow: clip } p { margin-left: 310px }", "“A text to be lost” is out of"),
    ],
)
def test_what_is_lost_is_told(shown, style, loss):
    found = losses(shown("<p>A text to be lost</p>", f"{style} p {{ font: 20px serif }}"))

    assert any(loss in each for each in found), found


def test_what_moves_in_spite_of_the_reader_is_told(shown):
    still = "@media (prefers-reduced-motion: no-preference) { p { transition: color 1s } }"
    assert motions(shown("<p>A text</p>", still)) == []

    for style in (
        "p { transition: color 1s }",
        "p::before { animation: turn 1s }",
        "html { scroll-behavior: smooth }",
    ):
        assert len(motions(shown("<p>A text</p>", style))) == 1


@pytest.mark.parametrize(("colour", "problems"), [("#134640", 1), ("#fff", 0)])
def test_words_in_the_colour_of_what_they_stand_on_are_told(shown, colour, problems):
    """As axe alone does not: it takes them for hidden."""
    page = shown("<p>A text</p>", f"p {{ background: #134640; color: {colour} }}")

    assert len(violations(page)) == problems


# One below the other, so that a difference is one of state.
PAIRS = """
  <p><input class="form-check-input" type="radio" name="a" checked></p>
  <p><input class="form-check-input" type="radio" name="a"></p>
  <p><input class="form-check-input" type="checkbox" checked></p>
  <p><input class="form-check-input" type="checkbox"></p>
  <div class="yours"><a href="/" aria-current="page">A page</a></div>
  <div class="yours"><a href="/">A page</a></div>"""


def test_states_are_told_apart_where_the_system_sets_the_colours(browse):
    """A shadow or a background says nothing then."""
    page = browse()
    page.goto("/terms/")
    page.evaluate("html => document.querySelector('main').innerHTML = html", PAIRS)
    page.emulate_media(forced_colors="active")

    for pair in ("main [type=radio]", "main [type=checkbox]", "main a"):
        one, other = (each.screenshot() for each in page.locator(pair).all())
        assert one != other, f"{pair}: one looks like the other"
