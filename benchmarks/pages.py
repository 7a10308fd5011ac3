"""How long the server takes for every page, with the example's data.

python -m benchmarks.pages [runs]

Serves a portal of its own with the example, follows the links of each kind of reader to every kind
of page, and asks for each page 30 times, one after the other, in turn with all others. The target:
the 95th percentile of every page is within 200 ms.
"""

import io
import sys
from html.parser import HTMLParser
from urllib.parse import parse_qs, urljoin, urlsplit

from benchmarks import temporary_portal
from benchmarks.measuring import Times

RUNS, WARM_UPS = 30, 2
TARGET = 200  # milliseconds
READERS = (
    ("", ["/"]),
    ("client", ["/sessions/"]),
    ("coach", ["/calendar/"]),
    ("contact", ["/learning/"]),
    ("learner", ["/programmes/"]),
    ("priya", ["/invoices/"]),
    ("admin", ["/admin/"]),
)


def main(runs=RUNS):
    with temporary_portal.running() as site:
        from django.core.management import call_command

        call_command("example_data", stdout=io.StringIO())
        found = _measure(_find(site), runs)
    found.sort(key=lambda each: each[2].p95, reverse=True)
    print("| page | reader | median ms | p95 ms | n |")
    print("| --- | --- | ---: | ---: | ---: |")
    for name, who, times in found:
        print(f"| {name} | {who or 'anybody'} | {times} |")
    tenth = found[: -(-len(found) // 10)]
    mean = sum(times.median for _, _, times in tenth) / len(tenth)
    late = [name for name, _, times in found if times.p95 > TARGET]
    print(f"\n{len(found)} pages; the slowest tenth takes {mean:.1f} ms on average (of medians);")
    print(f"beyond {TARGET} ms: {', '.join(late) or 'none'}.")
    return 1 if late else 0


def _find(site):
    """(name, reader, browser, address) of each kind of page, from link to link."""
    from benchmarks.browsers import Browser
    from coaching_portal.example_data.people import person

    kinds = set()  # a page is measured with the first reader who comes to it
    for who, beginnings in READERS:
        browser = Browser(site, person(who)) if who else Browser(site)
        waiting = list(beginnings)
        while waiting:
            address = waiting.pop(0)
            kind = _kind_of(address)
            if kind is None or kind in kinds:
                continue
            kinds.add(kind)
            answer = browser.get(address)
            if answer.status == 200:
                yield _words(kind), who, browser, address
                waiting += _links(answer.page, address)


def _measure(pages, runs):
    """[(name, reader, times)]: in turn, so that what else the machine does falls on all."""
    pages = list(pages)
    rounds = [
        [browser.get(address).milliseconds for _, _, browser, address in pages]
        for _ in range(WARM_UPS + runs)
    ][WARM_UPS:]
    each = zip(pages, zip(*rounds, strict=True), strict=True)
    return [(name, who, Times(list(times))) for (name, who, *_), times in each]


def _kind_of(address):
    """The page's name and what it is asked; None for what is no page of ours."""
    from django.urls import Resolver404, resolve

    parts = urlsplit(address)
    try:
        found = resolve(parts.path)
    except Resolver404:
        return None
    if parts.netloc or found.view_name == "admin:view_on_site":
        return None
    asked = parse_qs(parts.query)
    # The admin's lists can be asked too many things.
    return found.view_name, () if found.view_name.startswith("admin:") else tuple(sorted(asked))


def _words(kind):
    name, asked = kind
    return f"{name}?{'&'.join(asked)}" if asked else name


def _links(page, base):
    found = _Links()
    found.feed(page)
    return [urljoin(base, link).partition("#")[0] for link in found.links]


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links = []

    def handle_starttag(self, tag, attributes):
        link = dict(attributes).get("href") or ""
        if tag == "a" and not link.startswith(("#", "mailto:", "tel:", "javascript:")):
            self.links.append(link)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
