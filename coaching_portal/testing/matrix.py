"""The access matrix: who may do what at which address.

Each app says it in `<app>/tests/test_access.py`, a page a line, with fixtures of its own data:

    @pytest.fixture
    def a_session(people):
        return {"uuid": book_session(client=people.client, coach=people.coach.coach).uuid}

    PAGES = {
        "bookings:times_json": open_to_all("a_coach"),
        "bookings:sessions": signed_in(),
        "bookings:session": only("a_session", client=200, coach=200, delegate=200),
        "bookings:cancel": only("a_session", client=200, coach=200, delegate=200, form=True),
        "bookings:confirm": action("a_session", "coach"),
    }

    test_who_may_do_what = access_test(PAGES)

`only` and `action` expect 404 for everyone who is not named: a stranger learns nothing. People
are those of the fixture `people` in coaching_portal.testing.plugin; each tries every method:

- GET and HEAD answer as the table says, while PostgreSQL refuses every change.
- POST is answered only where a page has a form, and an `action` has nothing else: who may do it
  gets 405 to GET.
- PUT, PATCH, DELETE, OPTIONS and TRACE are 405 everywhere, for everybody.

test_access.py in this folder fails for an address that is in no table, and for an open view that
no table calls open.
"""

import contextlib
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import reverse

from bookings.actions import agreement_texts
from coaching_portal.billing.models import Practice
from training.models import EnrolmentTerms

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
    "staff",  # may sign in to the admin, and has no rights there
    "admin",
)
NOT_KNOWN_HERE = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
TAKEN = (200, 302, 400, 409)  # done, or shown again with what is wrong


@dataclass(frozen=True)
class Page:
    kwargs: str = ""  # the fixture that gives what stands in the address
    others: int = 404
    who: dict[str, int | str] = field(default_factory=dict)
    acts: bool = False
    form: bool = False

    @property
    def expected(self):
        """What each of the people is answered when they open the page."""
        unknown = set(self.who) - set(PEOPLE)
        assert not unknown, f"Nobody is called {unknown}"
        return {person: self.who.get(person, self.others) for person in PEOPLE}

    @property
    def is_open(self):
        return self.who["anonymous"] != SIGN_IN

    def expected_of(self, method, person):
        """The answers that are right for this person with this method."""
        if method in NOT_KNOWN_HERE:
            return (405,)
        answer = self.expected[person]
        if answer == SIGN_IN:
            return (SIGN_IN,)
        if method != "POST":
            return (405 if self.acts else answer,)
        if not (self.acts or self.form):
            return (405,)
        return (404,) if answer == 404 else TAKEN


def open_to_all(kwargs="", status=200, form=False, **who):
    return Page(kwargs, others=status, who={"anonymous": status, **who}, form=form)


def open_action(kwargs):
    return Page(kwargs, others=405, who={"anonymous": 405}, acts=True)


def signed_in(kwargs="", status=200, form=False, **who):
    return Page(kwargs, others=status, who={"anonymous": SIGN_IN, **who}, form=form)


def only(kwargs="", form=False, **who):
    return Page(kwargs, who={"anonymous": SIGN_IN, **who}, form=form)


def action(kwargs, *allowed):
    who = dict.fromkeys(allowed, 405)
    return Page(kwargs, who={"anonymous": SIGN_IN, **who}, acts=True)


def access_test(pages):
    """A test for each of `pages`, to be bound to a name that begins with test_."""

    @pytest.mark.django_db
    @pytest.mark.parametrize("name", sorted(pages))
    def test_who_may_do_what(name, people, request):
        make_what_is_made_when_first_needed(people)
        page = pages[name]
        kwargs = request.getfixturevalue(page.kwargs) if page.kwargs else {}
        address = reverse(name, kwargs=kwargs)

        wrong = [
            f"{person} {method}: {answer} instead of {expected}"
            for person in PEOPLE
            for method, answer in answers_to(getattr(people, person), address)
            if answer not in (expected := page.expected_of(method, person))
        ]

        assert not wrong, "\n".join([address, *wrong])

    return test_who_may_do_what


def make_what_is_made_when_first_needed(people):
    """The only rows that a page may write when it is read: texts that somebody has yet to edit."""
    Practice.current()
    EnrolmentTerms.current()
    for coach in (people.coach.coach, people.other_coach.coach):
        agreement_texts.short_form(coach)
        agreement_texts.programme_form(coach)


def answers_to(user, address, *, posting=True):
    """Pairs of method and answer; whatever a method did is undone before the next."""
    browser = Client()
    if user is not None:
        browser.force_login(user)
    for method in ("GET", "HEAD"):
        with changes_refused():
            yield method, _said(browser.generic(method, address))
    if posting:
        with undone():
            yield "POST", _said(browser.post(address))
    for method in NOT_KNOWN_HERE:
        yield method, _said(browser.generic(method, address))


@contextlib.contextmanager
def undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextlib.contextmanager
def changes_refused():
    """PostgreSQL itself raises an error in whoever tries to change a row, or to lock one."""
    with undone(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _said(response):
    to_sign_in = response.status_code == 302 and response.url.startswith(
        resolve_url(settings.LOGIN_URL)
    )
    return SIGN_IN if to_sign_in else response.status_code
