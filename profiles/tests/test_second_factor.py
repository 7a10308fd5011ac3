from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import secret_sent_to
from profiles.tests.signing import PASSWORD, code_now, is_signed_in, sign_in

pytestmark = pytest.mark.django_db

SET_UP = reverse("mfa_activate_totp")
CODE = reverse("mfa_authenticate")
ACCOUNT = reverse("profiles:account")


@pytest.fixture
def required(settings):
    settings.REQUIRE_MFA = True


@pytest.fixture
def staff(make_user):
    return make_user("jo@example.org", password=PASSWORD, is_staff=True, is_superuser=True)


@pytest.fixture
def coach(make_user):
    from profiles.models import Coach

    user = make_user("jo@example.org", password=PASSWORD)
    return Coach.objects.create(user=user, slug="jo").user


def set_up(client):
    """Turn the second step on as a browser does; returns the app's key."""
    page = client.get(SET_UP)
    secret = page.context["form"].secret
    answer = client.post(SET_UP, {"code": code_now(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    return secret


def recovery_codes(client):
    return client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]


@pytest.mark.parametrize("who", ["staff", "coach"])
@pytest.mark.parametrize("address", ["/admin/", "/account/", "/account/details/", "/account/2fa/"])
def test_nothing_opens_to_staff_and_coaches_without_it(required, client, request, who, address):
    request.getfixturevalue(who)
    sign_in(client)

    assert client.get(address).url == SET_UP
    assert client.post(address).status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["staff", "coach"])
def test_once_it_is_set_up_everything_opens(required, client, request, who):
    request.getfixturevalue(who)
    sign_in(client)

    set_up(client)

    assert len(recovery_codes(client)) == 10
    assert is_signed_in(client)
    assert OutgoingMessage.objects.get().kind == "account-second-step-on"


def test_clients_need_none(required, client, jo):
    sign_in(client)

    assert is_signed_in(client)


def test_an_example_run_requires_none(client, staff):
    sign_in(client)

    assert is_signed_in(client)


def test_the_admin_has_no_door_of_its_own(required, client, staff):
    fields = {"username": "jo@example.org", "password": PASSWORD, "next": "/admin/"}

    for answer in (client.get("/admin/login/"), client.post("/admin/login/", fields)):
        assert answer.url.startswith(reverse("account_login"))
    assert not is_signed_in(client)


def test_the_admin_changes_passwords_where_everybody_does(client, staff):
    sign_in(client)

    assert client.get("/admin/password_change/").url == reverse("account_change_password")


def test_a_password_alone_signs_nobody_in_who_has_it(client, jo):
    sign_in(client)
    set_up(client)

    other = Client()
    assert sign_in(other).url == CODE
    assert not is_signed_in(other)
    assert "That code is wrong" in other.post(CODE, {"code": "000000"}).content.decode()
    assert not is_signed_in(other)


def test_the_code_signs_in_and_leads_on(client, jo):
    sign_in(client)
    secret = set_up(client)
    other = Client()
    sign_in(other, fields={"next": "/account/details/"})

    assert other.post(CODE, {"code": code_now(secret)}).url == "/account/details/"
    assert is_signed_in(other)


def test_a_recovery_code_works_once(client, jo):
    sign_in(client)
    set_up(client)
    code = recovery_codes(client)[0]

    first, second = Client(), Client()
    for other in (first, second):
        sign_in(other)
        other.post(CODE, {"code": code})

    assert is_signed_in(first)
    assert not is_signed_in(second)


def test_a_reset_of_the_password_does_not_pass_it_by(client, jo):
    sign_in(client)
    set_up(client)
    other = Client()
    other.post(reverse("account_reset_password"), {"email": "jo@example.org"})
    page = other.get(secret_sent_to("jo@example.org")["link"].removeprefix("http://testserver"))
    other.post(page.url, {"password1": "nine loud magpies"})
    assert not is_signed_in(other)

    assert sign_in(other, password="nine loud magpies").url == CODE


def test_guessing_codes_comes_to_an_end(client, jo):
    sign_in(client)
    secret = set_up(client)
    other = Client()
    sign_in(other)
    for _ in range(5):
        other.post(CODE, {"code": "000000"})

    answer = other.post(CODE, {"code": code_now(secret)})

    assert "too many attempts" in answer.content.decode()
    assert not is_signed_in(other)


def test_whoever_must_have_it_cannot_turn_it_off(required, client, staff):
    sign_in(client)
    set_up(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.filter(user=staff, type="totp").exists()
    page = client.get(reverse("mfa_deactivate_totp")).content.decode()
    assert "has to stay on" in page


def test_others_can_turn_it_off_and_are_told(client, jo):
    sign_in(client)
    set_up(client)

    client.post(reverse("mfa_deactivate_totp"))

    assert not Authenticator.objects.filter(user=jo).exists()
    assert OutgoingMessage.objects.latest("pk").kind == "account-second-step-off"


def test_the_key_is_stored_encrypted(client, jo):
    sign_in(client)
    secret = set_up(client)

    assert secret not in str(Authenticator.objects.get(user=jo, type="totp").data)


@pytest.mark.django_db(transaction=True)
def test_turning_it_on_ends_the_other_sessions(client, jo):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)

    set_up(client)

    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)


def test_safety_asks_again_who_it_is_after_a_while(client, jo):
    sign_in(client)

    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        answer = client.get(SET_UP)
        assert answer.url.startswith(reverse("account_reauthenticate"))
        assert "This is not your password" in client.post(answer.url, {"password": "x"}).text

        answer = client.post(answer.url, {"password": PASSWORD})

    assert answer.url == SET_UP
