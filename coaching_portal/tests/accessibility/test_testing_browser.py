"""The browser's watch over pages sees what it is there to see."""

import pytest
from playwright.sync_api import Error

from coaching_portal.testing import chromium
from coaching_portal.testing.chromium import ASK_AXE, barriers, violations

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


def test_a_page_that_gives_way_while_axe_looks_at_it_is_not_the_one_that_is_judged(
    shown, monkeypatch
):
    page = shown(FAINT)
    page.route(
        "**/other/",
        lambda route: route.fulfill(content_type="text/html", body=GOOD.format("<p>A text</p>")),
    )
    leave = "{ location.href = '/other/'; return new Promise(() => {}); }"
    monkeypatch.setattr(
        chromium,
        "ASK_AXE",
        f"() => {{ if (document.querySelector('[style]')) {leave} return ({ASK_AXE})(); }}",
    )

    assert violations(page) == []
    assert page.url.endswith("/other/")


def test_what_always_makes_axe_stumble_is_told(shown, monkeypatch):
    monkeypatch.setattr(chromium, "ASK_AXE", "() => { throw new Error('no axe') }")

    with pytest.raises(Error, match="no axe"):
        violations(shown("<p>A text</p>"))
