"""Somebody with cookies in front of a portal that runs in processes of its own."""

import http.client
from contextlib import closing
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

LONGEST = 60  # seconds: a bound for a server that hangs, not a measure


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    page: str


class Person:
    def __init__(self, port):
        self.port, self.cookies = port, {}

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, fields):
        return self._ask("POST", path, urlencode(fields))

    def form(self, path):
        """The hidden fields of a page, to be sent back with it."""
        hidden = _Hidden()
        hidden.feed(self.get(path).page)
        return hidden.fields

    def sign_in(self, email, password):
        where = "/account/login/"
        return self.post(where, self.form(where) | {"login": email, "password": password})

    def _ask(self, method, path, body=None):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=LONGEST)) as line:
            line.request(method, path, body, self._headers())
            response = line.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode())
        for header in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: each.value for name, each in SimpleCookie(header).items()}
        return answer

    def _headers(self):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies}


class _Hidden(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields = {}

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.fields[given["name"]] = given.get("value") or ""
