"""Many browsers that press at one moment, each on a connection of its own, over real HTTP."""

import http.client
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from coaching_portal import testing_races

RIVALS = 12
TOKEN = "t" * 32
TOO_MANY = "too many attempts"


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str
    cookies: str

    @property
    def signed_in(self):
        return self.status == 302 and settings.SESSION_COOKIE_NAME in self.cookies


class Browser:
    """What a browser would send that has got as far as Django's test client."""

    def __init__(self, server, client=None):
        cookies = client.cookies if client else {}
        self.host = urlsplit(server.url).netloc
        self.cookies = {name: cookie.value for name, cookie in cookies.items()}
        self.cookies[settings.CSRF_COOKIE_NAME] = TOKEN

    def post(self, path, fields, **headers):
        form = {"csrfmiddlewaretoken": TOKEN, **fields}
        headers |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("POST", path, urlencode(form), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        cookies = answer.headers.get_all("Set-Cookie") or []
        return Answer(answer.status, answer.headers.get("Location", ""), text, "".join(cookies))


def at_once(act, rivals):
    """act(rival) for all of them at one moment: what each gives."""
    return testing_races.at_once([partial(act, rival) for rival in rivals])
