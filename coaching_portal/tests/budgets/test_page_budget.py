"""What a phone has to fetch for pages of visitors and clients: within the budget, by real files."""

import gzip
from html.parser import HTMLParser
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.staticfiles import finders

from coaching_portal.testing.factories.many_of_each import NOW, Plenty
from coaching_portal.tests.every_page import addresses, browsers_of

# Bytes as they travel (gzip, but for fonts, which are packed already), and requests in all.
BUDGET = {"script": 20_000, "style": 36_000, "font": 80_000, "page": 30_000, "requests": 9}
READERS = ("anonymous", "client")


@pytest.mark.django_db
def test_pages_of_visitors_and_clients_stay_within_the_budget(people):
    with time_machine.travel(NOW):
        plenty = Plenty(people)
        plenty.grow(2)
        weights = _weights(plenty)

    beyond = {
        name: {kind: each for kind, each in weight.items() if each > BUDGET[kind]}
        for name, weight in weights.items()
    }
    assert len(weights) > 50
    assert {name: kinds for name, kinds in beyond.items() if kinds} == {}


def test_a_script_too_many_would_be_seen():
    heavy = '<script src="/static/js/portal.js"></script>' * 40

    weight = weigh(heavy)

    assert weight["requests"] == 41 > BUDGET["requests"]
    assert weight["script"] > BUDGET["script"]


def _weights(plenty):
    browsers, found = browsers_of(plenty), {}
    for name, asked, who, address in addresses(plenty):
        if who in READERS:
            response = browsers[who].get(address)
            if response["Content-Type"].startswith("text/html"):
                found[f"{name} {asked}"] = weigh(response.content.decode())
    return found


def weigh(page):
    """{kind: bytes, "requests": number} of a page and everything that it makes a browser fetch."""
    parts = _Parts()
    parts.feed(page)
    weight = dict.fromkeys(BUDGET, 0) | {
        "page": len(gzip.compress(page.encode())),
        "requests": 1 + len(parts.found),
    }
    for kind, address in parts.found:
        if kind in BUDGET:
            weight[kind] += _bytes_of(address, packed=kind == "font")
    return weight


def _bytes_of(address, *, packed):
    content = Path(finders.find(address.removeprefix(settings.STATIC_URL))).read_bytes()
    return len(content if packed else gzip.compress(content))


class _Parts(HTMLParser):
    """(kind, address) of scripts, style sheets, preloaded fonts, icons and pictures."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "link":
            kind = {"stylesheet": "style", "preload": given.get("as"), "icon": "icon"}
            if kind.get(given.get("rel")):
                self.found.append((kind[given["rel"]], given["href"]))
        elif tag in ("script", "img") and not given.get("src", "data:").startswith("data:"):
            self.found.append((tag, given["src"]))
