"""A walk through the portal: from link to link, to each kind of page once, with axe beside it.

Each page is also made narrow and spaced out (reflow.py), and kept for the Nu checker (nu.py).
"""

from urllib.parse import parse_qs, urlsplit

from django.urls import Resolver404, resolve

from coaching_portal.testing.chromium import barriers
from coaching_portal.tests.accessibility import nu
from coaching_portal.tests.accessibility.reflow import losses, motions
from coaching_portal.tests.browser import is_told_of_problem, press

LINKS = """() => [...document.querySelectorAll("a[href]")]
  .filter((link) => link.origin === location.origin).map((link) => link.href.split("#")[0])"""
# What opens in its place is looked at open; menus open above what is looked at.
OPEN = (
    """() => document.querySelectorAll("details:not(.menu)").forEach((part) => part.open = true)"""
)
OPEN_MENUS = (
    """() => document.querySelectorAll("details.menu").forEach((menu) => menu.open = true)"""
)
checker = nu.Checker()


class Walk:
    """`pages` are the addresses that were looked at, by name; `problems` what was in the way.

    Only pages of which `wants(name)` holds are opened; `excused` are pairs: a rule of axe, and an
    element that may break it.
    """

    def __init__(self, page, *, wants, excused=()):
        self.page, self.wants, self.excused = page, wants, excused
        self.pages, self.problems, self._kinds = {}, {}, set()
        page.on("response", self._note)

    def _note(self, response):
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self._answer = response

    def follow_links(self, *beginnings):
        """From these pages on, which are opened in any case."""
        waiting = []
        for address in beginnings:
            self._kinds.add(_kind_of(address))
            waiting += self._links_of(address)
        while waiting:
            address = waiting.pop(0)
            if self._is_new(address):
                waiting += self._links_of(address)

    def _is_new(self, address):
        kind = _kind_of(address)
        if kind in self._kinds or not self.wants(kind[0]):
            return False
        self._kinds.add(kind)
        return True

    def _links_of(self, address):
        response = self.page.goto(address)
        if response.status != 200:
            self.problems[address] = [f"answers {response.status}"]
        else:
            self.look()
        return self.page.evaluate(LINKS)

    def look(self, state=""):
        """Note what is in the way on the page that is open."""
        parts = urlsplit(self.page.url)
        if not state:
            self.pages.setdefault(resolve(parts.path).view_name, self.page.url)
        called = f"{parts.path} {state}".strip()
        checker.keep(called, self._answer.text())
        self.page.evaluate(OPEN)
        found = [each for each in self._barriers() if not self._is_excused(each)]
        if found := found + self.page.complaints:
            self.problems[called] = found
        self.page.complaints.clear()

    def look_at_menus(self):
        """Of the page that is open."""
        self.page.evaluate(OPEN_MENUS)
        self.look("with its menus open")

    def _barriers(self):
        """The admin is for large screens: its lists may be as wide as what they tell."""
        if urlsplit(self.page.url).path.startswith("/admin/"):
            return barriers(self.page) + motions(self.page)
        return barriers(self.page) + motions(self.page) + losses(self.page)

    def _is_excused(self, barrier):
        return any(rule in barrier and element in barrier for rule, element in self.excused)

    def press_too_early(self, buttons):
        """On pages of these names that were looked at, press a button with nothing filled in."""
        for name, button in buttons.items():
            self.page.goto(self.pages[name])
            press(self.page, button)
            is_told_of_problem(self.page)
            self.look("with errors")

    def report(self):
        """The problems, to be read."""
        return "\n".join(
            f"{address}\n" + "\n".join(f"    {each}" for each in found)
            for address, found in self.problems.items()
        )


def _kind_of(address):
    """The page's name and what it is asked; a dead link is a kind of its own, and will be told."""
    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return parts.path, ()
    if found.view_name.startswith("admin:"):  # its lists can be asked too many things
        return found.view_name, found.kwargs.get("content_type_id")
    return found.view_name, tuple(sorted(parse_qs(parts.query)))
