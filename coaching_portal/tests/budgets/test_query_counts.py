"""What every page asks of the database: no more than its table says, however much there is to show.

Every address that answers 200 to somebody stands in `most_queries.py`. An address that is new has
to be put there, with the number that this test measures.
"""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.admin import CoachingSessionAdmin
from coaching_portal.testing.factories.many_of_each import NOW, Plenty
from coaching_portal.tests.budgets.most_queries import ADMIN, GROWING, PAGES, WITHOUT_A_PAGE
from coaching_portal.tests.every_page import PATTERNS, address_of_row, addresses, browsers_of
from coaching_portal.tests.security.test_access import tables
from profiles.accounts import idle

FEW, THREE_TIMES = 2, 6
ADMIN_PAGES = ("changelist", "add", "change", "history", "delete")


@pytest.fixture
def plenty(people, monkeypatch):
    # Written now and then, not for a page: a slow machine would see it on some.
    monkeypatch.setattr(idle, "WRITTEN_EVERY", timedelta(days=1))
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
    few = _count(browsers_of(plenty)["admin"], reverse(page))
    plenty.grow(1)

    assert _count(browsers_of(plenty)["admin"], reverse(page)) > few


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
    browsers = browsers_of(plenty)
    found = {
        (name, asked): _count(browsers[who], address)
        for name, asked, who, address in addresses(plenty)
    }
    for name, most in _admins():
        if most:
            found[name, "admin"] = _count(browsers["admin"], address_of_row(plenty, name))
    return found


def _count(browser, address):
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(address)
        if response.streaming:
            b"".join(response.streaming_content)
    assert response.status_code == 200, f"{address} answers {response.status_code}"
    return len(queries)
