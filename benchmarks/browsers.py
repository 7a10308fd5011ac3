"""Browsers for measurements: signed in by their session, and let go all at one moment."""

import http.client
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

LONGEST = 60  # seconds for one answer, a bound for a server that hangs


@dataclass
class Answer:
    status: int
    page: str
    milliseconds: float


class Browser:
    """One person's cookies, and one connection at a time."""

    def __init__(self, site, user=None):
        self.site = urlsplit(site).netloc
        self.cookies = {"sessionid": _session_of(user)} if user else {}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, form, start=None):
        """Send a form; with `start`, from the moment that all others are ready."""
        return self._ask("POST", path, urlencode(form), start)

    def form(self, path):
        """The hidden fields of the page's forms, as this browser must send them back."""
        answer = self.get(path)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        fields = _HiddenFields()
        fields.feed(answer.page)
        return fields.found

    def _ask(self, method, path, body=None, start=None):
        connection = http.client.HTTPConnection(self.site, timeout=LONGEST)
        connection.connect()
        if start:
            start.wait(LONGEST)
        began = time.perf_counter()
        connection.request(method, path, body, self._headers())
        answer = connection.getresponse()
        page = answer.read().decode(errors="replace")  # a PDF is no page, and is not read
        took = (time.perf_counter() - began) * 1000
        self._keep_cookies(answer)
        connection.close()
        return Answer(answer.status, page, took)

    def _headers(self):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}

    def _keep_cookies(self, answer):
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value


class _HiddenFields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and "name" in given:
            self.found[given["name"]] = given.get("value") or ""


def _session_of(user):
    """A session as signing in leaves it, without the slow password."""
    from django.conf import settings
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def side_by_side(act, *rows):
    """act(…) for every row, four at a time: for getting ready."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(act, *rows))


def at_once(browsers, paths, forms):
    """Every browser posts its form at the same moment: their answers."""
    start = threading.Barrier(len(browsers))
    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(
            pool.map(lambda b, path, form: b.post(path, form, start), browsers, paths, forms)
        )
