"""The browser's watch over pages sees what it is there to see."""

import pytest

from coaching_portal.testing_browser import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

GOOD = """<!doctype html><html lang="en"><title>Example</title>
<main><h1>Example</h1>{}</main></html>"""
WIDE = '<p style="width: {}px">A wide table</p>'
FAINT = '<p style="color: #ccc">A faint sentence</p>'
BROKEN = "<script>thereIsNoSuchFunction()</script>"


@pytest.fixture
def shown(browse):
    """shown("<p>A text</p>", width=390): a page that consists of it."""

    def show(content, **look):
        page = browse(**look)
        page.route(
            "**/example/",
            lambda route: route.fulfill(content_type="text/html", body=GOOD.format(content)),
        )
        page.goto("/example/")
        return page

    return show


def test_a_page_that_scrolls_sideways_complains(shown):
    assert shown(WIDE.format(300), width=390).complaints == []

    (complaint,) = shown(WIDE.format(500), width=390).complaints
    assert complaint == "/example/ scrolls sideways: 508 px wide on 390 px"


def test_a_script_that_fails_complains(shown):
    assert shown(BROKEN).complaints == ["thereIsNoSuchFunction is not defined"]


def test_barriers_are_found_in_either_look(shown):
    assert barriers(shown("<p>A text</p>")) == []

    (faint_in_light, faint_in_dark) = barriers(shown(FAINT))
    assert faint_in_light.startswith("1280 px, light: color-contrast")
    assert faint_in_dark.startswith("390 px, dark: color-contrast")
    assert barriers(shown(WIDE.format(500))) == ["390 px, dark: scrolls sideways to 508 px"]
