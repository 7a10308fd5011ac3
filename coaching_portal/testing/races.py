"""Competing calls for tests made at one moment, each on a database connection of its own, and
POSTs sent at one moment by browsers with a network connection each.

    answers = at_once([booking_of(client) for client in clients])
    answers = press_at_once(server, [Press(path, form, cookies_of(user)) for user in users])

A test of a race has a control with the guard off (`without_constraints`, `hold_at`), or nobody
knows whether it can see the race.
"""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import connection
from django.test import Client

from coaching_portal.testing.http import Browser

LONGEST = 30  # seconds until a test gives up on a call that does not come
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def at_once(calls):
    """Make the calls at the same moment; their answers in order, an exception being one too."""
    start = threading.Barrier(len(calls), timeout=LONGEST)

    def one(call):
        try:
            connection.ensure_connection()
            start.wait()
            return call()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@dataclass(frozen=True)
class Press:
    """A button that somebody presses: the form goes to the path, with the browser's cookies."""

    path: str
    form: dict
    cookies: dict = field(default_factory=dict)
    headers: dict = field(default_factory=dict)

    def send_to(self, server):
        """Send it, on a connection of its own."""
        browser = Browser(server, self.cookies)
        return browser.post(self.path, self.form, headers=self.headers)


def press_at_once(server, presses):
    """Send them all at the same moment; their answers in order."""
    return at_once([lambda press=press: press.send_to(server) for press in presses])


def statuses(answers):
    """How many answers had each status; what is no answer at all is counted by its kind."""
    return Counter(getattr(answer, "status", type(answer).__name__) for answer in answers)


def browser_of(user):
    """Django's test client, signed in."""
    browser = Client()
    browser.force_login(user, backend=BACKEND)
    return browser


def cookies_of(user):
    """The cookies of a browser in which this user has signed in."""
    return cookies_in(browser_of(user))


def cookies_in(browser):
    """The same of a test client that has been to some pages already."""
    return {name: cookie.value for name, cookie in browser.cookies.items()}


def hold_at(monkeypatch, where, name, calls):
    """Let so many calls come to the end of a function before one of them goes on.

    With the guard off, all have looked by then and none has written: the race is certain. They
    meet once; whoever comes by again, trying a second time, goes on.
    """
    have_met = threading.Event()
    meeting = threading.Barrier(calls, action=have_met.set, timeout=LONGEST)
    original = getattr(where, name)

    def meet(*args, **kwargs):
        try:
            return original(*args, **kwargs)
        finally:
            if not have_met.is_set():
                meeting.wait()

    monkeypatch.setattr(where, name, meet)


@contextmanager
def without_constraints(model, *names):
    """Drop a model's constraints; afterwards empty its table and put them back."""
    table = model._meta.db_table
    constraints = [each for each in model._meta.constraints if each.name in names]
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{table}" CASCADE')
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(model, constraint)


@contextmanager
def without_triggers(*models):
    """No connection asks a trigger of these models' tables meanwhile."""
    _switch_triggers(models, "DISABLE")
    try:
        yield
    finally:
        _switch_triggers(models, "ENABLE")


def _switch_triggers(models, command):
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" {command} TRIGGER USER')


def start_competing_call(call):
    """Let a competing call act meanwhile, and return once it is done or waits for a lock of ours.

    Gives its future: `start_competing_call(…).result()` is the answer, once we have let go.
    """
    pool = ThreadPoolExecutor(1)
    competing = pool.submit(lambda: at_once([call])[0])
    pool.shutdown(wait=False)
    until = time.monotonic() + LONGEST
    while not (competing.done() or _somebody_waits_for_us()) and time.monotonic() < until:
        time.sleep(0.01)
    return competing


def _somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]
