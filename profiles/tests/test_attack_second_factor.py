"""Ways around the second step: every door, for everyone who must have it."""

from datetime import timedelta

import pytest
import time_machine
from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib.admin import AdminSite
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import path, reverse

from coaching_portal import urls
from coaching_portal.testing.plugin import NINE, secret_sent_to
from profiles.accounts import middleware
from profiles.models import Coach
from profiles.tests.signing import (
    CODE,
    PASSWORD,
    code_now,
    give_second_factor,
    is_signed_in,
    sign_in,
)

pytestmark = pytest.mark.django_db

SET_UP = reverse("mfa_activate_totp")
NEW = "nine loud magpies"
BEHIND_IT = ["/account/", "/admin/", "/calendar/", "/clients/", "/account/privacy/"]

# Where a control leads who is given Django's own form for signing in to the admin.
urlpatterns = [
    path("admin/login/", secure_admin_login(AdminSite().login)),
    *urls.urlpatterns,
]


@pytest.fixture(autouse=True)
def _required(settings):
    settings.REQUIRE_MFA = True


def _superuser(make_user):
    return make_user("jo@example.org", password=PASSWORD, is_staff=True, is_superuser=True)


def _clerk(make_user):
    clerk = make_user("jo@example.org", password=PASSWORD, is_staff=True)
    clerk.groups.add(Group.objects.create(name="Clerks"))
    return clerk


def _coach(make_user):
    user = make_user("jo@example.org", password=PASSWORD)
    return Coach.objects.create(user=user, slug="jo").user


@pytest.fixture(params=[_superuser, _clerk, _coach], ids=lambda make: make.__name__[1:])
def keeper(request, make_user):
    """Somebody to whom confidences are told."""
    return request.param(make_user)


# The doors. Whoever comes knows the password and reads the mail, but has no code.


def by_the_form(browser):
    sign_in(browser)


def by_a_next_page(browser):
    sign_in(browser, fields={"next": "/admin/"})
    browser.get("/admin/?next=/calendar/")


def by_the_admins_own_form(browser):
    fields = {"username": "jo@example.org", "password": PASSWORD, "next": "/admin/"}
    browser.post("/admin/login/?next=/admin/", fields)


def by_a_reset(browser):
    browser.post(reverse("account_reset_password"), {"email": "jo@example.org"})
    link = secret_sent_to("jo@example.org")["link"]
    page = browser.get(link.removeprefix("http://testserver"))
    browser.post(page.url, {"password1": NEW})
    sign_in(browser, password=NEW)


def by_confirming_the_address(browser):
    EmailAddress.objects.update(verified=False)
    sign_in(browser)
    code = secret_sent_to("jo@example.org")["code"]
    browser.post(reverse("account_email_verification_sent"), {"code": code})


def by_signing_up_again(browser):
    fields = {"name": "Jo", "email": "JO@example.org", "password1": PASSWORD}
    browser.post(reverse("account_signup"), fields)
    sign_in(browser)


def by_pages_that_follow_the_password(browser):
    sign_in(browser)
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_reauthenticate"):
        browser.post(reverse(name), {"code": "000000"})
    browser.get(reverse("mfa_view_recovery_codes"))
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    browser.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW})


DOORS = [
    by_the_form,
    by_a_next_page,
    by_the_admins_own_form,
    by_a_reset,
    by_confirming_the_address,
    by_signing_up_again,
    by_pages_that_follow_the_password,
]


@pytest.mark.parametrize("door", DOORS)
def test_no_door_opens_without_the_code(keeper, client, door):
    give_second_factor(keeper)

    door(client)

    assert "_auth_user_id" not in client.session
    assert opened(client) == []


@pytest.mark.parametrize("door", DOORS)
def test_whoever_has_no_second_step_yet_gets_no_further_than_its_set_up(keeper, client, door):
    door(client)

    assert opened(client) == []


def test_control_without_the_middleware_a_password_is_enough(keeper, client, settings):
    gate = "profiles.accounts.middleware.second_factor_required"
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != gate]

    by_the_form(client)

    assert "/account/" in opened(client)


def opened(browser):
    """Which of the pages behind the second step answer."""
    return [page for page in BEHIND_IT if browser.get(page).status_code == 200]


# A colleague who is signed in, and knows another's password.


@pytest.fixture
def clerk_signed_in(make_user):
    """A browser of somebody who may hardly do anything in the admin; `jo` is a superuser."""
    clerk = make_user("clerk@example.org", password=NEW, is_staff=True)
    secret, _ = give_second_factor(clerk)
    browser = Client()
    sign_in(browser, clerk.email, NEW)
    browser.post(CODE, {"code": code_now(secret)})
    assert browser.session["_auth_user_id"] == str(clerk.pk)
    return browser


def test_the_admins_form_takes_no_colleagues_password(clerk_signed_in, make_user):
    superuser = _superuser(make_user)
    give_second_factor(superuser)

    answer = clerk_signed_in.post(
        "/admin/login/", {"username": superuser.email, "password": PASSWORD}
    )

    assert answer.url == "/admin/"
    assert clerk_signed_in.session["_auth_user_id"] != str(superuser.pk)


def test_control_djangos_form_lets_the_colleague_in(clerk_signed_in, make_user, settings):
    superuser = _superuser(make_user)
    give_second_factor(superuser)
    settings.ROOT_URLCONF = __name__

    clerk_signed_in.post("/admin/login/", {"username": superuser.email, "password": PASSWORD})

    assert clerk_signed_in.session["_auth_user_id"] == str(superuser.pk)


# A session that began before the second step was demanded.


def test_a_client_who_becomes_staff_meets_the_second_step_at_once(client, jo):
    sign_in(client)
    assert is_signed_in(client)

    jo.is_staff = True
    jo.save()

    assert client.get("/account/").url == SET_UP
    assert client.post("/account/details/").status_code == 403


def put_aside_before_it_was_demanded(client, user):
    """A request that waits for the password while its sender becomes staff; the answer to it."""
    sign_in(client)
    with time_machine.travel(NINE + timedelta(minutes=6)):
        waiting = client.post(reverse("my_data"))
        user.is_staff = True
        user.save()
        return client.post(waiting.url, {"password": PASSWORD})


@time_machine.travel(NINE)
def test_a_request_that_was_put_aside_is_not_answered_past_it(client, jo):
    answer = put_aside_before_it_was_demanded(client, jo)

    assert answer.status_code == 302


@time_machine.travel(NINE)
def test_control_a_request_that_is_kept_would_be_answered(client, jo, monkeypatch):
    monkeypatch.setattr(middleware, "STATE_SESSION_KEY", "something else")

    answer = put_aside_before_it_was_demanded(client, jo)

    assert answer.headers["Content-Disposition"].startswith("attachment")
