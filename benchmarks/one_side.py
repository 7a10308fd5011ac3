"""One portal of two that are compared: `side_by_side` starts it in the tree that it is to measure.

It reads a kind of round and a number a line, and answers each with a line of JSON. It uses the
benchmarks of that tree and nothing that came later than c44be19.
"""

import contextlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks import temporary_portal

BOOKINGS = 60
DAY = timedelta(days=1)
TICKS = os.sysconf("SC_CLK_TCK")


def main():
    answers = sys.stdout
    with contextlib.redirect_stdout(sys.stderr), temporary_portal.running() as site:
        rounds: dict[str, Callable[[str], object]] = {
            "book": Bookings(site),
            "page": Pages(),
            "search": search,
        }
        print("{}", file=answers, flush=True)
        for line in sys.stdin:
            kind, _, asked = line.strip().partition(" ")
            print(json.dumps(rounds[kind](asked)), file=answers, flush=True)


class Bookings:
    """60 bookings with one coach, by so many clients at once: seconds and what was sold."""

    def __init__(self, site):
        self.site, self.number = site, 0

    def __call__(self, crowd):
        from benchmarks import rates

        rates.BOOKINGS, self.number = BOOKINGS, self.number + 1
        said, before = io.StringIO(), processor_seconds()
        pressed = rates._press

        def press(*arguments):
            nonlocal before
            before = processor_seconds()  # the forms were fetched before
            return pressed(*arguments)

        rates._press = press
        try:
            with contextlib.redirect_stdout(said):
                is_right = rates._book(self.site, f"una-{self.number}", int(crowd))
        finally:
            rates._press = pressed
        after = processor_seconds()
        _, _, _, number, rate, median, p95 = said.getvalue().strip().strip("|").split("|")
        if not is_right or int(number) != BOOKINGS:
            raise RuntimeError(f"Of {BOOKINGS} bookings not all were made: {said.getvalue()}")
        used = {part: (after[part] - before[part]) * 1000 / BOOKINGS for part in after}
        return {"rate": float(rate), "median": float(median), "p95": float(p95), **used}


class Pages:
    """How much processor time a page takes in the process that answers, asked again and again."""

    def __init__(self):
        self.is_ready = False

    def __call__(self, name):
        from django.conf import settings
        from django.test import Client

        self._prepare()
        settings.ALLOWED_HOSTS = ["*"]
        client, path, times = Client(), _path(name), []
        for _ in range(25):
            began = time.process_time()
            answer = client.get(path)
            times.append((time.process_time() - began) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{name} answered {answer.status_code}")
        return {"milliseconds": times[5:], "queries": _queries(client, path)}

    def _prepare(self):
        if not self.is_ready:
            from django.core.management import call_command

            call_command("example_data", stdout=io.StringIO())
            self.is_ready = True


def _path(name):
    from django.urls import reverse

    from profiles.models import Coach

    if name == "home":
        return "/"
    coach = Coach.objects.public().exclude(slug__startswith="una-").order_by("pk")[0]
    return f"{reverse('bookings:book', args=[coach.slug])}?minutes=60"


def _queries(client, path):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def search(_):
    """The next free time of a coach whose next 90 days are taken, as `next_free` asks it."""
    from benchmarks import measuring, next_free
    from bookings.availability import slot_queries
    from bookings.models import BookingRules
    from profiles.models import Coach

    coach = Coach.objects.filter(slug="searched").first()
    if coach is None:
        coach = _searched()
    rules = BookingRules.objects.get(coach=coach)

    def ask():
        until = next_free.AT + slot_queries.BEYOND_ANY_HORIZON
        asked: dict[str, Any] = {
            "since": next_free.AT,
            "until": until,
            "at": next_free.AT,
            "stored": rules,
        }
        found = slot_queries.open_slots(coach, minutes=60, **asked)
        return found[0]

    if ask() < next_free.AT + next_free.DAYS * DAY:  # the day after may be a bank holiday
        raise RuntimeError("The search found another time.")
    return {"milliseconds": measuring.times_of(ask, 20).each}


def _searched():
    """A coach as that of `next_free`, who is not among those that home shows."""
    from datetime import time as clock

    from benchmarks import measuring, next_free
    from bookings.models import BookingRules, CoachingSession, WeeklyHours
    from profiles.models import Coach

    user = measuring.person("searched")
    coach = Coach.objects.create(user=user, slug="searched", is_public=False, time_zone="UTC")
    rules = {"grid_minutes": 15, "minimum_notice_minutes": 60, "horizon_days": next_free.DAYS + 30}
    BookingRules.objects.create(coach=coach, **rules)
    for weekday in range(7):
        WeeklyHours.objects.create(coach=coach, weekday=weekday, starts=clock(8), ends=clock(18))
    midnight, people = next_free.AT.replace(hour=0), measuring.person("searching")
    starts = [
        midnight + day * DAY + hour * measuring.HOUR
        for day in range(next_free.DAYS + 1)
        for hour in range(8, 18)
    ]
    starts += [midnight - 2 * each * measuring.HOUR for each in range(1, next_free.PAST + 1)]
    CoachingSession.objects.bulk_create(measuring.session(coach, people, each) for each in starts)
    measuring.analyse()
    return coach


def processor_seconds():
    """User and system time of the web server and of PostgreSQL, with all that they started."""
    found = {"web": 0.0, "database": 0.0}
    children = _children()
    for child in children.get(os.getpid(), ()):
        words = Path(f"/proc/{child}/cmdline").read_bytes()
        part = "database" if b"postgres" in words else "web" if b"granian" in words else ""
        if part:
            found[part] += sum(map(_seconds_of, _all_below(child, children)))
    return found


def _children():
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            after_name = path.read_text().rpartition(")")[2].split()
            found.setdefault(int(after_name[1]), []).append(int(path.parent.name))
    return found


def _all_below(process, children):
    yield process
    for child in children.get(process, ()):
        yield from _all_below(child, children)


def _seconds_of(process):
    """Its own time and that of its children that have ended."""
    try:
        after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, after_name[11:15])) / TICKS


if __name__ == "__main__":
    main()
