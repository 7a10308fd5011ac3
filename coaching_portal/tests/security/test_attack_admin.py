"""The matrix of the admin: every address of it, every kind of person, every method."""

import pytest
from django.test import Client

from coaching_portal.example_data.people import person
from coaching_portal.testing.matrix import NOT_KNOWN_HERE, changes_refused
from profiles.models import User

OUTSIDE = ("anonymous", "client", "delegate", "coach", "contact", "sponsor")
# The admin's own doors, the same for everybody: signing in and out, and the account's password.
DOORS = {"admin/login/", "admin/logout/", "admin/password_change/", "admin/password_change/done/"}
# What staff without any right may open: the empty index, words for scripts, and the way on to an
# object's own page, which asks again.
FOR_ALL_STAFF = {
    "admin/",
    "admin/jsi18n/",
    "admin/r/<path:content_type_id>/<path:object_id>/",
}


@pytest.fixture
def browser_of(in_world):
    """browser_of("client"): signed in as that example person; "staff" has no rights."""

    def browser(role):
        client = Client()
        if role == "staff":
            client.force_login(
                User.objects.create_user(email="staff@example.org", name="Stu", is_staff=True)
            )
        elif role != "anonymous":
            client.force_login(person(role))
        return client

    return browser


def asked(browser, address):
    """Pairs of method and answer, while PostgreSQL refuses every change."""
    with changes_refused():
        for method in ("GET", "HEAD", "POST"):
            yield method, browser.generic(method, address)
    for method in NOT_KNOWN_HERE:
        yield method, browser.generic(method, address)


@pytest.mark.parametrize("role", OUTSIDE)
def test_nobody_from_outside_gets_in_with_any_method(role, in_world, browser_of):
    browser = browser_of(role)

    let_in = [
        (method, address, response.status_code)
        for pattern, address in in_world.admins().items()
        if pattern not in DOORS
        for method, response in asked(browser, address)
        if not _is_kept_out(method, response)
    ]

    assert let_in == []


def _is_kept_out(method, response):
    if method in NOT_KNOWN_HERE:
        return response.status_code == 405
    leads_away = response.status_code == 302 and "/login/" in response.url
    return leads_away or response.status_code in (403, 404, 405)


def test_staff_without_rights_see_and_change_nothing(in_world, browser_of):
    browser = browser_of("staff")

    let_in = [
        (method, address, response.status_code)
        for pattern, address in in_world.admins().items()
        if pattern not in DOORS | FOR_ALL_STAFF
        for method, response in asked(browser, address)
        if response.status_code not in _refusals(pattern)
    ]

    assert let_in == []


def _refusals(pattern):
    leads_on = pattern.endswith(("<path:object_id>/", "billing/practice/"))
    return (302, 405) if leads_on else (400, 403, 404, 405)


# What the admin of all rights is answered, where it is not the page: rows of these models come
# from actions alone, and of those nothing is deleted.
NOT_DELETED = {
    "account/emailaddress",
    "notifications/outgoingmessage",
    "notifications/refusedaddress",
    "billing/creditnote",
    "billing/invoice",
    "billing/payment",
    "billing/practice",
    "bookings/bookingrules",
    "bookings/enquiry",
    "bookings/coachingsession",
    "bookings/programme",
    "profiles/datacomplaint",
    "profiles/user",
    "training/coursebooking",
    "training/enrolment",
    "training/enrolmentterms",
    "training/waitinglistplace",
}
ARE_ADDED = {
    "billing/invoice",
    "billing/payment",
    "bookings/bookingrules",
    "profiles/user",
    "training/enrolmentterms",
}
OTHERWISE = {
    "admin/password_change/": 302,
    "admin/login/": 302,
    "admin/logout/": 405,
    "admin/autocomplete/": 403,  # wants to be asked about a field
    "admin/r/<path:content_type_id>/<path:object_id>/": 302,
    "admin/invoicing/drafts/": 405,
    "admin/mfa/authenticator/add/": 403,  # nobody is given a second factor
    "admin/usersessions/usersession/add/": 403,  # or signed in
    "admin/billing/practice/": 302,  # to the only one
    "admin/notifications/outgoingmessage/<int:pk>/mail/<str:name>/": 404,  # none is kept here
    "admin/notifications/outgoingmessage/<int:pk>/mail/<str:name>/html/": 404,
    "admin/(?P<url>.*)$": 404,
    **{f"admin/{model}/<path:object_id>/delete/": 403 for model in NOT_DELETED},
    **{f"admin/{model}/add/": 403 for model in NOT_DELETED - ARE_ADDED},
}


def test_the_admin_reads_every_page_and_reading_changes_nothing(in_world, browser_of):
    browser, wrong = browser_of("admin"), []

    for pattern, address in in_world.admins().items():
        with changes_refused():
            answer = browser.get(address).status_code
        if answer != OTHERWISE.get(pattern, 302 if pattern.endswith("/<path:object_id>/") else 200):
            wrong.append(f"{pattern}: {answer}")

    assert not wrong, "\n".join(wrong)
