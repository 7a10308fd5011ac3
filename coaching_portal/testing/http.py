"""A browser without a page: cookies, forms, and a network connection for each request.

browser = Browser("http://127.0.0.1:8000")
browser.post("/contact/", browser.form("/contact/") | {"message": "May I?"})
"""

import http.client
import time
from contextlib import closing
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

LONGEST = 60  # seconds: a bound for a server that hangs, not a measure
CSRF = "a" * 32


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    page: str
    milliseconds: float

    @property
    def location(self):
        return self.headers.get("Location", "")

    @property
    def cookies(self):
        """{name: value} of those that this answer sets."""
        found: dict[str, str] = {}
        for header in self.headers.get_all("Set-Cookie") or []:
            found |= {name: each.value for name, each in SimpleCookie(header).items()}
        return found


class Browser:
    """One person's cookies, some of which may be given; each answer's are kept."""

    def __init__(self, site, cookies=None):
        self.site, self.cookies = urlsplit(str(site)).netloc, dict(cookies or {})

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, fields, *, start=None, headers=None):
        """Send a form; with `start`, a barrier, from the moment that all others are ready."""
        token = self.cookies.setdefault("csrftoken", CSRF)
        body = urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True)
        return self._ask("POST", path, body, start, headers)

    def form(self, path):
        """The hidden fields of a page, as this browser has to send them back."""
        answer = self.get(path)
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answered {answer.status}")
        hidden = _HiddenFields()
        hidden.feed(answer.page)
        return hidden.found

    def sign_in(self, email, password):
        where = "/account/login/"
        return self.post(where, self.form(where) | {"login": email, "password": password})

    def _ask(self, method, path, body=None, start=None, headers=None):
        headers = {**self._headers(), **(headers or {})}
        with closing(http.client.HTTPConnection(self.site, timeout=LONGEST)) as connection:
            connection.connect()
            if start:
                start.wait(LONGEST)
            began = time.perf_counter()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            page = response.read().decode(errors="replace")  # a PDF is no page, and is not read
            took = (time.perf_counter() - began) * 1000
        answer = Answer(response.status, response.headers, page, took)
        self.cookies |= answer.cookies
        return answer

    def _headers(self):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}


class _HiddenFields(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[given["name"]] = given.get("value") or ""
