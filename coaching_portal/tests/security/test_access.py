"""No address without a line in the access matrix, and none open that is not called open."""

import re
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.db import InternalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLResolver

from bookings.actions import enquiries
from coaching_portal.common.middleware import reject_bad_requests
from coaching_portal.testing.matrix import (
    NOT_KNOWN_HERE,
    PEOPLE,
    SIGN_IN,
    access_test,
    action,
    answers_to,
    changes_refused,
    make_what_is_made_when_first_needed,
    open_to_all,
    signed_in,
)
from coaching_portal.testing.plugin import NINE
from profiles.actions import complaints, consents
from profiles.models import Organisation

APPS = [
    "coaching_portal.notifications",
    "coaching_portal.billing",
    "profiles",
    "bookings",
    "training",
]


@pytest.fixture
def a_coach(people):
    return {"slug": people.coach.coach.slug}


@pytest.fixture
def a_consent(people):
    consents.record_needs(user=people.client, needs="A lift", at=NINE)
    return {"uuid": people.client.consents.get().uuid}


@pytest.fixture
def an_enquiry(people):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Vi", email="vi@example.org", message="May I?", at=NINE
    )
    return {"uuid": enquiry.uuid}


@pytest.fixture
def a_complaint(people):
    complaint = complaints.complain(
        name="Vi", email="vi@example.org", message="You wrote to me.", at=NINE
    )
    return {"uuid": complaint.uuid}


EVERYBODY_SIGNED_IN = [person for person in PEOPLE if person != "anonymous"]

PAGES = {
    "home": open_to_all(),
    "your_home": signed_in(),
    "coaching": open_to_all(),
    "team_enquiry": open_to_all(form=True),
    # The address itself is the proof; the page repeats nothing of what was written.
    "enquiry_received": open_to_all("an_enquiry"),
    "complaint": open_to_all(form=True),
    "complaint_received": open_to_all("a_complaint"),
    "coaches": open_to_all(),
    "coach": open_to_all("a_coach"),
    "contact": open_to_all(form=True),
    "privacy": open_to_all(),
    "accessibility": open_to_all(),
    "terms": open_to_all(),
    "robots": open_to_all(),
    "sitemap": open_to_all(),
    "my_privacy": signed_in(),
    # Both ask for a password again, where there is one: see test_privacy.py.
    "my_data": action("", *EVERYBODY_SIGNED_IN),
    "withdraw_consent": action("a_consent", "client"),
    "erase_me": signed_in(form=True),
    "erased": open_to_all(),
    "healthz": open_to_all(),
    "readyz": open_to_all(status=503),  # no worker runs here
    "metrics": open_to_all(status=404),  # without a token in the settings
}

test_who_may_do_what = access_test(PAGES)

# django-allauth's own addresses are checked together, and so is the admin, below.
OPEN_FOR_SIGNING_IN = {
    "/account/login/",
    "/account/signup/",
    "/account/logout/",  # leads home who is signed out already
    "/account/inactive/",
    "/account/login/code/",
    "/account/login/code/confirm/",  # leads back to asking for a code
    "/account/password/reset/",
    "/account/password/reset/done/",
    "/account/password/reset/key/done/",
    "/account/password/reset/key/1-1/",
}


def _addresses(patterns, prefix="", namespace=""):
    """Every (address pattern, name, view) of the portal."""
    for entry in patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _addresses(entry.url_patterns, address, inner)
        else:
            yield address, f"{namespace}{entry.name}" if entry.name else None, entry.callback


def _is_allauths(name):
    return name is not None and name.startswith(("account_", "mfa_", "usersessions_"))


EVERY = list(_addresses(get_resolver().url_patterns))
OURS = [
    (address, name, view)
    for address, name, view in EVERY
    if not address.startswith("admin/") and not _is_allauths(name)
]
ALLAUTHS = [address for address, name, _ in EVERY if _is_allauths(name)]
ADMINS = [address for address, _, _ in EVERY if address.startswith("admin/")]


def tables():
    """The whole matrix: every app's pages by their names."""
    pages = dict(PAGES)
    for app in APPS:
        if find_spec(f"{app}.tests.test_access"):
            pages |= import_module(f"{app}.tests.test_access").PAGES
    return pages


def _example(address):
    """An address with something in each place: the first choice, or 1."""
    address = re.sub(r"\(\?P<\w+>(\w+(?=\|))?[^)]*\)", lambda found: found[1] or "1", address)
    address = re.sub(r"<[^>]+>", "1", address)
    return "/" + re.sub(r"[$^]|\\Z", "", address)


def _leads_to_sign_in(address):
    """Where a visitor ends who is sent on from there, perhaps more than once."""
    response = Client().get(address, follow=True)
    return bool(response.redirect_chain) and response.request["PATH_INFO"] == "/account/login/"


def _a_page_that_writes(request):
    Organisation.objects.create(name="Written by a GET")
    return HttpResponse("ok")


def _a_page_that_knows_every_method(request):
    return HttpResponse("ok")


@pytest.mark.django_db
def test_control_a_page_that_writes_when_it_is_read_is_seen():
    with pytest.raises(InternalError, match="cannot execute INSERT"), changes_refused():
        _a_page_that_writes(RequestFactory().get("/"))


@pytest.mark.django_db
def test_control_without_its_guard_a_page_answers_any_method():
    request = RequestFactory().generic("PUT", "/")

    assert reject_bad_requests(_a_page_that_knows_every_method)(request).status_code == 405
    assert _a_page_that_knows_every_method(request).status_code == 200


def test_every_address_has_a_name():
    assert [address for address, name, _ in OURS if name is None] == []


def test_every_address_is_in_the_matrix():
    missing = sorted({name for _, name, _ in OURS} - set(tables()))

    assert not missing, f"Say in <app>/tests/test_access.py who may open {missing}"


def test_the_matrix_names_no_address_that_is_gone():
    assert sorted(set(tables()) - {name for _, name, _ in OURS}) == []


def test_views_are_open_only_where_the_matrix_says_so():
    open_views = {name for _, name, view in OURS if not getattr(view, "login_required", True)}

    assert open_views == {name for name, page in tables().items() if page.is_open}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ALLAUTHS)
def test_of_the_accounts_addresses_only_those_for_signing_in_are_open(address):
    example = _example(address)

    assert _leads_to_sign_in(example) is (example not in OPEN_FOR_SIGNING_IN)


# These keep in the session what they have begun: a secret to be confirmed, or what they say next.
BEGIN_SOMETHING = {
    "/account/2fa/totp/activate/",
    "/account/2fa/webauthn/add/",
}


@pytest.mark.django_db
@pytest.mark.parametrize("person", ["anonymous", "stranger", "coach", "staff", "admin"])
def test_reading_the_accounts_addresses_changes_nothing(person, people):
    make_what_is_made_when_first_needed(people)

    wrong = [
        (method, _example(address), answer)
        for address in ALLAUTHS
        for method, answer in answers_to(getattr(people, person), _example(address), posting=False)
        if answer
        not in ((405,) if method in NOT_KNOWN_HERE else (200, 302, 403, 404, 405, SIGN_IN))
        and _example(address) not in BEGIN_SOMETHING
    ]

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADMINS)
def test_the_admin_opens_to_nobody_but_staff(address, stranger):
    """With every method and in every role it is tried in test_attack_admin.py."""
    example = _example(address)
    assert _leads_to_sign_in(example)

    browser = Client()
    browser.force_login(stranger)
    response = browser.get(example, follow=True)

    is_own_page = response.request["PATH_INFO"].startswith("/account/")
    assert response.status_code in (403, 404) or is_own_page
