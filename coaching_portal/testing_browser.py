"""Chromium for tests: `browse(width=390, dark=True)` opens a page on the live server.

What the browser complains about, a breach of the content security policy among it, is gathered
in `page.complaints`; `violations(page)` asks axe.
"""

import shutil

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


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=FLAGS
        )
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium, live_server):
    """browse(width=1280, dark=False, script=True, user=None): a page of a browser of its own."""
    contexts = []

    def open_browser(*, width=1280, dark=False, script=True, user=None):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        contexts.append(context)
        if user:
            context.add_cookies([_session_of(user, live_server.url)])
        page = context.new_page()
        page.set_default_timeout(10_000)
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


def violations(page):
    """What axe finds against WCAG 2.2 AA and good practice: rule, element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]
