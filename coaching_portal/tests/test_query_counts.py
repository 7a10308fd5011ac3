"""What every page asks of the database: no more than its table says, however much there is to show.

Every address that answers 200 to somebody stands in `most_queries.py`. An address that is new has
to be put there, with the number that this test measures.
"""

import re
from types import SimpleNamespace

import pytest
import time_machine
from allauth.account.internal.flows.login import record_authentication
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.admin import CoachingSessionAdmin
from coaching_portal.notifications import declining, kinds
from coaching_portal.tests.most_queries import ADMIN, GROWING, PAGES, WITHOUT_A_PAGE
from coaching_portal.tests.plenty import NOW, Plenty, sign_in
from coaching_portal.tests.test_access import EVERY, tables

FEW, THREE_TIMES = 2, 6
ADMIN_PAGES = ("changelist", "add", "change", "history", "delete")
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PATTERNS = {name: address for address, name, _ in EVERY if name}


@pytest.fixture
def plenty(people):
    with time_machine.travel(NOW):
        yield Plenty(people)


@pytest.mark.django_db
def test_no_page_asks_more_than_it_may_and_none_asks_more_of_more_data(plenty):
    plenty.grow(FEW)
    few = _measure(plenty)  # with what is looked up once and kept: one or two, and four rows follow
    plenty.grow(THREE_TIMES - FEW)
    many = _measure(plenty)

    growing = {page: (few[page], many[page]) for page in few if many[page] > few[page]}
    beyond = {page: count for page, count in many.items() if count > _most(*page)}
    assert {page: cost for page, cost in growing.items() if page[0] not in GROWING} == {}
    assert {page: count for page, count in beyond.items() if page[0] not in GROWING} == {}


@pytest.mark.django_db
def test_the_measure_sees_a_list_that_asks_for_each_row(plenty, monkeypatch):
    monkeypatch.setattr(CoachingSessionAdmin, "list_select_related", ("client",))
    page = "admin:bookings_coachingsession_changelist"
    plenty.grow(FEW)
    few = _count(_browsers(plenty)["admin"], reverse(page))
    plenty.grow(1)

    assert _count(_browsers(plenty)["admin"], reverse(page)) > few


def test_every_address_has_its_number_or_no_page():
    acting = {name for name, page in tables().items() if page.acts}
    known = set(PAGES) | set(WITHOUT_A_PAGE) | acting | {name for name, _ in _admins()}

    missing = sorted(set(PATTERNS) - known)

    assert not missing, f"Say in most_queries.py how much these may ask: {missing}"
    assert sorted(known - set(PATTERNS)) == []


def _admins():
    """(name, how many queries) of the pages that the admin has for each model."""
    for model in admin.site._registry:
        label = f"{model._meta.app_label}_{model._meta.model_name}"
        for kind, most in zip(ADMIN_PAGES, ADMIN[label], strict=True):
            yield f"admin:{label}_{kind}", most


def _most(name, asked):
    return dict(_admins()).get(name) or PAGES[name].most(asked)


def _measure(plenty):
    """{(name, who or what is asked): number of queries} of every page, each opened once."""
    browsers, things = _browsers(plenty), _things(plenty)
    found = {}
    for name, page in PAGES.items():
        thing = things.get(page.of)
        for asked in page.asked:
            who, _, question = asked.partition("?")
            address = _address(name, thing) + (f"?{question}" if question else "")
            found[name, asked] = _count(browsers[who], address)
    for name, most in _admins():
        if most:
            address = _address(name, _row(name, things))
            found[name, "admin"] = _count(browsers["admin"], address)
    return found


def _row(name, things):
    """What the admin's page of this name shows: the thing of that model, or the newest row."""
    app, model, _ = name.removeprefix("admin:").split("_")
    return things.get(model) or apps.get_model(app, model).objects.latest("pk")


def _browsers(plenty):
    browsers = {who: Client() for who in vars(plenty.people) if who != "organisation"}
    for who, browser in browsers.items():
        user = getattr(plenty.people, who)
        if user:
            sign_in(browser, user)
            _as_if_just_confirmed(browser, user)
    return browsers


def _as_if_just_confirmed(browser, user):
    """By password and second factor, which pages of the account ask for again after a while."""
    session = browser.session
    for method in ("password", "mfa"):
        record_authentication(
            SimpleNamespace(session=session, user=user), user, method, type="totp"
        )
    session.save()


def _things(plenty):
    """What addresses speak of, by the names that the tables use."""
    newest, people = plenty.newest, plenty.people
    ahead, interview, places = newest["ahead"], newest["interview"], newest["booking"].places
    return newest | {
        "coach": plenty.coach,
        "booked": SimpleNamespace(slug=plenty.coach.slug, uuid=ahead.uuid),
        "day": SimpleNamespace(date=newest["over"].starts_at.date()),
        "date": SimpleNamespace(date=newest["date"]),
        "off": SimpleNamespace(starts_at=newest["off"]),
        "client": people.client.client_of.get(coach=plenty.coach),
        "talk": SimpleNamespace(slug=interview.leader.slug, interview=interview.slug),
        "place": places[0],
        "unnamed": places[-1],
        "own_place": people.client.enrolments.latest("pk"),
        "credited": SimpleNamespace(uuid=newest["invoice"].uuid, credit_note=newest["note"].uuid),
        "token": SimpleNamespace(
            token=declining.token_of(people.client, kinds.declinable()[0].name)
        ),
        "allocation": newest["payment"].allocations.latest("pk"),
        "app": SimpleNamespace(app_label="profiles"),
        # The rows of the admin's pages, by model.
        "user": people.client,
        "organisation": plenty.trust,
        "coachingsession": newest["held"],
        "programme": newest["agreed"],
        "coursebooking": newest["booking"],
        "outgoingmessage": newest["message"],
        "creditnote": newest["note"],
    }


def _address(name, thing):
    values = {}
    for parameter in PARAMETER.findall(PATTERNS[name].replace("(?P<app_label>", "<app_label>")):
        is_key = parameter in ("pk", "id", "object_id")
        values[parameter] = getattr(thing, "pk" if is_key else parameter)
    return reverse(name, kwargs=values)


def _count(browser, address):
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200, f"{address} answers {response.status_code}"
    return len(queries)
