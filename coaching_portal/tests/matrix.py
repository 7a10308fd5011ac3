"""The access matrix: who may open which address.

Each app says it in `<app>/tests/test_access.py`, a page a line, with fixtures of its own data:

    @pytest.fixture
    def a_session(people):
        return {"uuid": book_session(client=people.client, coach=people.coach.coach).uuid}

    PAGES = {
        "bookings:times_json": open_to_all("a_coach"),
        "bookings:sessions": signed_in(),
        "bookings:session": only("a_session", client=200, coach=200, delegate=200),
        "bookings:confirm": action("a_session", "coach"),
    }

    test_who_may_open = access_test(PAGES)

`only` and `action` expect 404 for everyone who is not named: a stranger learns nothing. An
`action` changes something: whoever may do it gets 405 to GET, everyone else 404 to POST. People
are those of the fixture `people` in coaching_portal.testing. test_access.py in this folder fails
for an address that is in no table, and for an open view that no table calls open.
"""

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

SIGN_IN = "sign-in"
PEOPLE = (
    "anonymous",
    "stranger",
    "client",
    "delegate",
    "sponsor",
    "contact",
    "coach",
    "other_coach",
    "admin",
)


@dataclass(frozen=True)
class Page:
    kwargs: str = ""  # the fixture that gives what stands in the address
    others: int = 404
    who: dict[str, int | str] = field(default_factory=dict)
    acts: bool = False

    @property
    def expected(self):
        unknown = set(self.who) - set(PEOPLE)
        assert not unknown, f"Nobody is called {unknown}"
        return {person: self.who.get(person, self.others) for person in PEOPLE}

    @property
    def is_open(self):
        return self.who["anonymous"] != SIGN_IN

    def is_posted_by(self, person):
        """Those who may not act are seen trying; those who may are only seen looking."""
        return self.acts and self.expected[person] != 405


def open_to_all(kwargs="", status=200, **who):
    return Page(kwargs, others=status, who={"anonymous": status, **who})


def signed_in(kwargs="", status=200, **who):
    return Page(kwargs, others=status, who={"anonymous": SIGN_IN, **who})


def only(kwargs="", **who):
    return Page(kwargs, who={"anonymous": SIGN_IN, **who})


def action(kwargs, *allowed):
    who = dict.fromkeys(allowed, 405)
    return Page(kwargs, who={"anonymous": SIGN_IN, **who}, acts=True)


def access_test(pages):
    """A test for each of `pages`, to be bound to a name that begins with test_."""

    @pytest.mark.django_db
    @pytest.mark.parametrize("name", sorted(pages))
    def test_who_may_open(name, people, request):
        page = pages[name]
        kwargs = request.getfixturevalue(page.kwargs) if page.kwargs else {}
        address = reverse(name, kwargs=kwargs)

        wrong = {}
        for person, expected in page.expected.items():
            answer = _answer(getattr(people, person), address, posts=page.is_posted_by(person))
            if answer != expected:
                wrong[person] = f"{answer} instead of {expected}"

        assert not wrong, f"{address}: {wrong}"

    return test_who_may_open


def _answer(user, address, posts):
    browser = Client()
    if user is not None:
        browser.force_login(user)
    response = browser.post(address) if posts else browser.get(address)
    to_sign_in = response.status_code == 302 and response.url.startswith(
        resolve_url(settings.LOGIN_URL)
    )
    return SIGN_IN if to_sign_in else response.status_code
