"""Nobody is sent from an address of ours to somebody else's, however it is asked for."""

import re
from urllib.parse import quote, urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from coaching_portal.testing.plugin import secret_sent_to
from coaching_portal.tests.security.test_access import EVERY, _example
from profiles.accounts.adapter import AccountAdapter
from profiles.tests.signing import CODE, PASSWORD, give_second_factor, sign_in

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "\n//evil.example",
    " //evil.example",
    "\x01//evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,hello",
    "http://testserver@evil.example/",
    "//testserver@evil.example/",
    "http://testserver.evil.example/",
    "http://evil.example\\@testserver/",
    "//evil%E3%80%82example",
    "//evil。example",
    "http://[::1]/",
    "http://evil.example:80#@testserver/",
]
PARAMETERS = (
    *("next", "return", "return_to", "returnTo", "return_url", "url", "redirect", "redirect_to"),
    *("redirect_uri", "continue", "back", "goto", "target", "dest", "to", "from", "rurl", "r", "u"),
)


def leaves(location, page="/account/login/"):
    """Whether a browser on one of our pages would leave the site for this address."""
    plain = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33))))
    plain = re.sub(r"^(https?:)?/{2,}", r"\1//", plain.replace("\\", "/"))
    target = urlsplit(urljoin(f"http://testserver{page}", plain))
    return (target.scheme, target.netloc) != ("http", "testserver")


def leads_away(answer):
    """Where an answer leads elsewhere: by its Location, or by a link or form of its page."""
    if answer.status_code in (301, 302, 303, 307, 308):
        return [answer.url] if leaves(answer.url) else []
    found = re.findall(r'(?:href|action|formaction|src)="([^"]*)"', answer.text)
    return [address for address in found if "evil" in address and leaves(address)]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_what_the_payloads_are_is_seen_as_elsewhere(address):
    assert leaves(address)


@pytest.mark.parametrize("address", ["/sessions/", "?page=2", "http://testserver/", "/a?b=//c"])
def test_what_is_ours_is_seen_as_ours(address):
    assert not leaves(address)


# Everywhere that a page to go on to is taken.


@pytest.fixture
def jo(make_user):
    return make_user("jo@example.org", password=PASSWORD)


@pytest.fixture
def admin(make_user):
    return make_user("ada@example.org", password=PASSWORD, is_staff=True, is_superuser=True)


def _signed_in(email="jo@example.org"):
    browser = Client()
    sign_in(browser, email)
    return browser


def signing_in(there, jo, admin):
    return sign_in(Client(), fields={"next": there})


def signing_in_with_the_page_in_the_address(there, jo, admin):
    fields = {"login": jo.email, "password": PASSWORD}
    return Client().post(f"{reverse('account_login')}?next={quote(there)}", fields)


def opening_the_sign_in_when_signed_in(there, jo, admin):
    return _signed_in().get(reverse("account_login"), {"next": there})


def opening_the_sign_up_when_signed_in(there, jo, admin):
    return _signed_in().get(reverse("account_signup"), {"next": there})


def signing_out(there, jo, admin):
    return _signed_in().post(reverse("account_logout"), {"next": there})


def opening_the_sign_out_when_signed_out(there, jo, admin):
    return Client().get(reverse("account_logout"), {"next": there})


def signing_up(there, jo, admin):
    browser = Client()
    fields = {"name": "Nell", "email": f"n{abs(hash(there))}@example.org", "password1": PASSWORD}
    browser.post(reverse("account_signup"), {**fields, "next": there})
    code = secret_sent_to(fields["email"])["code"]
    return browser.post(reverse("account_email_verification_sent"), {"code": code, "next": there})


def changing_the_address(there, jo, admin):
    browser, new = _signed_in(), f"n{abs(hash(there))}@example.org"
    browser.post(reverse("account_email"), {"action_add": "", "email": new, "next": there})
    code = secret_sent_to(new)["code"]
    answer = browser.post(reverse("account_email_verification_sent"), {"code": code, "next": there})
    browser.post(reverse("account_email"), {"action_add": "", "email": "jo@example.org"})
    code = secret_sent_to("jo@example.org")["code"]
    browser.post(reverse("account_email_verification_sent"), {"code": code})
    return answer


def the_second_step(there, jo, admin):
    jo.authenticator_set.all().delete()
    _, codes = give_second_factor(jo)
    browser = Client()
    sign_in(browser, fields={"next": there})
    answer = browser.post(CODE, {"code": codes[0], "next": there})
    jo.authenticator_set.all().delete()
    return answer


def telling_again_who_one_is(there, jo, admin):
    fields = {"password": PASSWORD, "next": there}
    return _signed_in().post(reverse("account_reauthenticate"), fields)


def changing_the_password(there, jo, admin):
    fields = {"oldpassword": PASSWORD, "password1": PASSWORD, "next": there}
    return _signed_in().post(reverse("account_change_password"), fields)


def asking_for_a_reset(there, jo, admin):
    fields = {"email": jo.email, "next": there}
    return Client().post(reverse("account_reset_password"), fields)


def opening_the_link_of_a_reset(there, jo, admin):
    browser = Client()
    browser.post(reverse("account_reset_password"), {"email": jo.email})
    link = urlsplit(secret_sent_to(jo.email)["link"]).path
    return browser.get(link, {"next": there})


def the_admins_sign_in(there, jo, admin):
    return Client().get("/admin/login/", {"next": there}, follow=True)


def the_admins_sign_in_when_signed_in(there, jo, admin):
    return _signed_in(admin.email).post(f"/admin/login/?next={quote(there)}", {"next": there})


def signing_out_of_the_admin(there, jo, admin):
    return _signed_in(admin.email).post("/admin/logout/", {"next": there})


TAKES_A_PAGE = [
    signing_in,
    signing_in_with_the_page_in_the_address,
    opening_the_sign_in_when_signed_in,
    opening_the_sign_up_when_signed_in,
    signing_out,
    opening_the_sign_out_when_signed_out,
    signing_up,
    changing_the_address,
    the_second_step,
    telling_again_who_one_is,
    changing_the_password,
    asking_for_a_reset,
]
OTHERS = [
    opening_the_link_of_a_reset,
    the_admins_sign_in,
    the_admins_sign_in_when_signed_in,
    signing_out_of_the_admin,
]


def away(way, addresses, *people):
    """Which of the addresses lead away, and where to."""
    led = {}
    for address in addresses:
        cache.clear()
        if found := leads_away(way(address, *people)):
            led[address] = found
    return led


@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_payload_is_called_safe(address):
    assert not AccountAdapter().is_safe_url(address)


def test_no_payload_leads_from_a_page_to_elsewhere(jo, admin):
    assert away(opening_the_sign_out_when_signed_out, ELSEWHERE, jo, admin) == {}


@pytest.mark.parametrize("way", TAKES_A_PAGE + OTHERS)
def test_no_page_to_go_on_to_lies_elsewhere(way, jo, admin):
    assert away(way, ["//evil.example", "/\\evil.example", "javascript:alert(1)"], jo, admin) == {}


@pytest.mark.parametrize("way", TAKES_A_PAGE)
def test_control_with_every_page_called_safe_it_leads_away(way, jo, admin, monkeypatch):
    monkeypatch.setattr(AccountAdapter, "is_safe_url", lambda adapter, url: True)

    assert away(way, ["https://evil.example/"], jo, admin)


# Every address of the portal, whatever it is asked.


@pytest.mark.parametrize("who", ["a visitor", "an administrator"])
def test_no_address_takes_a_page_elsewhere_by_any_name(who, admin):
    browser = Client() if who == "a visitor" else _signed_in(admin.email)
    patterns = [pattern for pattern, _, _ in EVERY if pattern != "admin/logout/"]
    browser.raise_request_exception = False  # Django's view_on_site fails for keys that are none
    asked = dict.fromkeys(PARAMETERS, "//evil.example/")

    led = {}
    for pattern in patterns:
        if found := leads_away(browser.get(_example(pattern), asked)):
            led[pattern] = found

    assert led == {}


@pytest.mark.parametrize(
    "path", ["//evil.example/account", "//evil.example/..", "/\\evil.example/account", "///evil"]
)
def test_a_missing_slash_is_added_on_our_own_site(client, path):
    answer = client.get("/", PATH_INFO=path)

    assert answer.status_code in (301, 404)
    assert leads_away(answer) == []
