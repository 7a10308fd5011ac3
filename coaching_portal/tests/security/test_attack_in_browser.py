"""Chromium opens every page with harmful text in every field: nothing runs, no policy is broken."""

import pytest
from django.utils import timezone

from coaching_portal.example_data.people import person
from coaching_portal.testing.factories.one_of_each import build, reader_of
from coaching_portal.tests.pages import FILES
from coaching_portal.tests.security import hostile_input
from coaching_portal.tests.security.test_access import tables

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

# Said aloud, so that the test hears it whichever way the browser would have kept quiet.
LISTEN = """
addEventListener("securitypolicyviolation", (breach) => {
  console.error(`breach of ${breach.violatedDirective}: ${breach.blockedURI}`);
});
"""
POLICY = "default-src 'self'; img-src 'self' data:"
HARMFUL = f"<!doctype html><title>x</title><p>{hostile_input.MARKUP}"


@pytest.fixture
def listening(browse):
    """listening("client"): a page of that person, in which breaches are complaints."""

    def open_page(role):
        page = browse(user=None if role == "anonymous" else person(role))
        page.context.add_init_script(LISTEN)
        return page

    return open_page


def harm_on(page):
    """What ran, and what the browser complained of."""
    ran = ["a script ran"] if page.evaluate("window.__pwned") else []
    complaints, page.complaints[:] = [*page.complaints], []
    # That so long a word makes a page wider is no harm, nor that a link has been used (410).
    harmless = ("scrolls sideways", "410 (Gone)")
    return ran + [each for each in complaints if not any(words in each for words in harmless)]


def test_nothing_runs_on_any_page_of_ours(listening):
    world = build(timezone.now().replace(microsecond=0))
    hostile_input.everything()
    pages, found = {}, {}

    for name, address in world.ours().items():
        if name in FILES or tables()[name].acts:
            continue
        role = reader_of(name)
        if role not in pages:
            pages[role] = listening(role)
        if name == "bookings:new_earlier_time":  # of a coach or of a session
            address += f"?coach={world.kwargs['coach']['slug']}"
        pages[role].goto(address)
        if harm := harm_on(pages[role]):
            found[name] = harm

    assert found == {}


def test_nothing_runs_in_the_admin(listening):
    world = build(timezone.now().replace(microsecond=0))
    hostile_input.everything()
    page, found = listening("admin"), {}

    for name, address in world.admins().items():
        if _shows_rows(name):
            page.goto(address)
            if harm := harm_on(page):
                found[name] = harm

    assert found == {}


def _shows_rows(pattern):
    """The index, lists, one row, its history, the trail of what was changed, the invoicing run."""
    if "<" in pattern:
        return pattern.endswith(("/change/", "/history/"))
    is_list = pattern.count("/") == 3 and pattern != "admin/invoicing/drafts/"
    return is_list or pattern in ("admin/", "admin/invoicing/")


def test_control_a_breach_is_heard(listening):
    page = listening("anonymous")
    page.route(
        "**/terms/",
        lambda route: route.fulfill(
            body=HARMFUL,
            content_type="text/html",
            headers={"Content-Security-Policy": POLICY},
        ),
    )

    page.goto("/terms/")

    assert any("breach of script-src" in each for each in harm_on(page))


def test_control_without_the_policy_the_script_runs_and_is_heard(listening):
    page = listening("anonymous")
    page.route("**/terms/", lambda route: route.fulfill(body=HARMFUL, content_type="text/html"))

    page.goto("/terms/")

    assert "a script ran" in harm_on(page)
