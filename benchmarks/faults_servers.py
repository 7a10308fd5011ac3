"""Pages while the broker is frozen or gone, and while the database is started again.

Imported once Django is set up.
"""

import contextlib
import json
import os
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from urllib.parse import urlencode, urlsplit

import psutil
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.browsers import Browser
from benchmarks.faults_pages import Visitor
from coaching_portal.operations.embedded import data_directory
from coaching_portal.operations.portal.servers import embedded_postgres, embedded_valkey

ROUNDS = 8  # the thirtieth sign-in of a minute from one address is refused
RESTARTS = 3
SIGN_IN = "/account/login/"


@dataclass
class Pages:
    """What was answered during one fault; `may_fail` where 503 is the right answer."""

    name: str
    may_fail: bool = False
    answers: list = field(default_factory=list)  # pairs of status and milliseconds

    @property
    def is_kept(self):
        kept = {503} if self.may_fail else set()
        return all(status < 400 or status in kept for status, _ in self.answers)

    def __str__(self):
        times = sorted(took for _, took in self.answers)
        found = Counter(status for status, _ in self.answers)
        well = sum(number for status, number in found.items() if status < 400)
        other = len(times) - well - found[503]
        p95 = times[int(len(times) * 0.95)]
        return (
            f"| {self.name} | {len(times)} | {well} | {found[503]} | {other} "
            f"| {median(times):.0f} | {p95:.0f} | {times[-1]:.0f} |"
        )


class Guest(Browser):
    """Somebody who has not signed in."""

    def __init__(self, site):
        self.site, self.cookies = urlsplit(site).netloc, {}


def tell(site, coach, client):
    """Each fault in turn: its row."""
    broker = psutil.Process(broker_pid())
    yield _use("all is well", site, coach, client)
    with _frozen(broker):
        yield _use("broker frozen", site, coach, client)
    with _gone(broker):
        yield _use("broker gone", site, coach, client)
    yield _restart_database(site)


def _use(name, site, coach, client):
    """Look around, sign in and book, again and again."""
    pages, member = Pages(name), Browser(site, client)
    for start in _free_times(member, coach)[:: ROUNDS - 1][:ROUNDS]:
        for path in ("/", f"/coaches/{coach.slug}/", f"/book/{coach.slug}/"):
            pages.answers.append(_noted(member.get(path)))
        guest = Guest(site)
        form = guest.form(SIGN_IN) | {"login": client.email, "password": settings.EXAMPLE_PASSWORD}
        pages.answers.append(_noted(guest.post(SIGN_IN, form)))
        step = _last_step(coach, start)
        form = member.form(step) | {"payer": "self", "accept": "on"}
        pages.answers.append(_noted(member.post(step, form)))
    return pages


def _noted(answer):
    return answer.status, answer.milliseconds


def _free_times(browser, coach):
    today = timezone.localdate()
    asked = {"minutes": 60, "from": today + timedelta(20), "to": today + timedelta(80)}
    page = browser.get(f"/book/{coach.slug}/times.json?{urlencode(asked)}").page
    return json.loads(page)["times"]


def _last_step(coach, start):
    asked = urlencode({"minutes": 60, "location": "VIDEO", "start": start})
    return f"/book/{coach.slug}/details/?{asked}"


@contextlib.contextmanager
def _frozen(process):
    process.suspend()
    try:
        yield
    finally:
        process.resume()


@contextlib.contextmanager
def _gone(process):
    process.kill()
    process.wait()
    try:
        yield
    finally:
        embedded_valkey().start()


def _restart_database(site):
    """Stopped as an administrator would, away for a second, and started again."""
    with Visitor(site) as visitor:
        for _ in range(RESTARTS):
            time.sleep(1)
            os.kill(pid := database_pid(), signal.SIGINT)
            psutil.wait_procs([psutil.Process(pid)], timeout=30)
            time.sleep(1)
            embedded_postgres().start()
            time.sleep(1)
    connection.close()  # ours, too, has been cut off
    return Pages(f"database started again {RESTARTS} times", True, visitor.answers)


def database_pid():
    file = data_directory.home(settings.VAR_DIR) / "data" / "postmaster.pid"
    return int(file.read_text().split()[0])


def broker_pid():
    with redis.Redis.from_url(settings.REDIS_URL) as broker:
        return broker.info("server")["process_id"]
