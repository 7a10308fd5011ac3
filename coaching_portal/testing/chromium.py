"""Chromium for tests: `browse(width=390, dark=True)` opens a page on the live server.

What the browser complains about is gathered in `page.complaints`: errors of scripts, breaches of
the content security policy, pages that scroll sideways. `violations(page)` asks axe.
"""

import os
import shutil
from contextlib import suppress
from functools import cache

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MILLISECONDS = 30_000  # for whatever a page is asked; a busy machine may need them

# A page says it itself, so that every page that is passed on the way is looked at.
SAY_IF_IT_SCROLLS_SIDEWAYS = """
addEventListener("load", () => {
  const width = document.scrollingElement.scrollWidth;
  if (width > innerWidth)
    console.error(`${location.pathname} scrolls sideways: ${width} px wide on ${innerWidth} px`);
});
"""


@pytest.fixture(scope="session")
def chromium():
    """One browser for all tests of a process; each page of `browse` forgets the others."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_executable(), args=FLAGS)
        yield browser
        browser.close()


def _executable():
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.fail("Browser tests need Chromium: install it, or set CHROMIUM to its path.", False)
    return found


@pytest.fixture
def browse(chromium, live_server):
    """browse(width=1280, dark=False, script=True, user=None): a page of a browser of its own.

    `zone`, where its clock is not that of the machine.
    """
    contexts = []

    def open_browser(*, width=1280, dark=False, script=True, user=None, zone=None):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
            timezone_id=zone,
        )
        contexts.append(context)
        if user:
            context.add_cookies([_session_of(user, live_server.url)])
        context.add_init_script(SAY_IF_IT_SCROLLS_SIDEWAYS)
        context.set_default_timeout(MILLISECONDS)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: _note(page, said))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page

    yield open_browser
    for context in contexts:
        context.close()


def _note(page, said):
    if said.type == "error":
        page.complaints.append(said.text)


def _session_of(user, url):
    """The cookie of somebody signed in."""
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}


LOOKS = ((1280, "light"), (390, "dark"))
# A change of colours that is still on its way would be taken for the colours themselves. Words in
# the very colour of what they stand on are no violation to axe: it takes them for hidden.
ASK_AXE = """async () => {
  document.getAnimations().forEach((animation) => animation.finish());
  const found = await axe.run({
    resultTypes: ["violations", "incomplete"],
    preload: false,
    rules: {"target-size": {enabled: true}},
  });
  const isUnseen = ({any}) => any.some(({data}) => data?.messageKey === "equalRatio");
  const unseen = found.incomplete.map(({id, nodes}) => ({id, nodes: nodes.filter(isUnseen)}));
  return [...found.violations, ...unseen].flatMap(({id, nodes}) => nodes.map((node) => {
    const [reason] = [...node.any, ...node.all, ...node.none];
    return `${id}: ${reason ? reason.message : ""} ${node.html.slice(0, 200)}`;
  }));
}"""


TIMES_TO_ASK = 3


def violations(page):
    """What axe finds against WCAG 2.2 AA and good practice: rule, reason, element.

    A page that gives way to another while axe looks at it makes axe stumble: then the other is
    asked. What axe has found is never asked for again.
    """
    from playwright.sync_api import Error

    for _ in range(TIMES_TO_ASK - 1):
        with suppress(Error):
            return _ask_axe(page)
    return _ask_axe(page)


def _ask_axe(page):
    page.wait_for_load_state()
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return page.evaluate(ASK_AXE)


def barriers(page):
    """What stands in people's way on this page: on a wide screen in light, a narrow one in dark."""
    found = []
    for width, colours in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=colours)
        look = f"{width} px, {colours}"
        found += [f"{look}: {violation}" for violation in violations(page)]
        if (reach := page.evaluate("document.scrollingElement.scrollWidth")) > width:
            found.append(f"{look}: scrolls sideways to {reach} px")
    return found


@cache
def _axe():
    from axe_playwright_python.sync_playwright import Axe

    return Axe().axe_script
