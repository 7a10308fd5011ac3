"""Headers that call the portal by another name: refused or ignored, in no mail and in no cache."""

import re

import pytest
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings as the_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.actions import enquiries
from coaching_portal.notifications import outbox
from profiles.accounts.adapter import AccountAdapter

pytestmark = pytest.mark.django_db

EVIL = "evil.example"
IGNORED = {
    "HTTP_X_FORWARDED_HOST": EVIL,
    "HTTP_X_FORWARDED_SERVER": EVIL,
    "HTTP_X_HOST": EVIL,
    "HTTP_X_ORIGINAL_HOST": EVIL,
    "HTTP_FORWARDED": f"for=192.0.2.1;host={EVIL};proto=https",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_SCHEME": "https",
    "HTTP_X_FORWARDED_SSL": "on",
    "HTTP_X_FORWARDED_PORT": "666",
    "HTTP_X_FORWARDED_PREFIX": f"/{EVIL}",
    "HTTP_X_SCRIPT_NAME": f"/{EVIL}",
    "HTTP_X_ORIGINAL_URL": "/admin/",
    "HTTP_X_REWRITE_URL": "/admin/",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
    "HTTP_X_FORWARDED_FOR": EVIL,
    "HTTP_REFERER": f"https://{EVIL}/",
}
RANDOM = ("Expires", "Content-Length", "X-Request-ID")
PAGES = [
    *("/", "/coaching/", "/coaches/", "/coaches/una-umber/", "/leaders/", "/courses/"),
    *("/leaders/podcast.xml", "/book/una-umber/", "/contact/", "/account/login/"),
    *("/account/", "/admin/", "/sessions", "/no-such-page/"),
]


# The name of the host.


@pytest.mark.parametrize(
    "host",
    [
        EVIL,
        f"{EVIL}:80",
        f"testserver.{EVIL}",
        f"{EVIL}/testserver",
        f"testserver@{EVIL}",
        f"testserver:80@{EVIL}",
        f"{EVIL}#testserver",
        f"testserver {EVIL}",
        f"testserver,{EVIL}",
        f"testserver\\.{EVIL}",
        "[::1]",
        "xtestserver",
        "",
    ],
)
@pytest.mark.parametrize("page", ["/", "/account/login/", "/healthz"])
def test_another_name_of_the_host_is_refused(client, page, host):
    answer = client.get(page, HTTP_HOST=host)

    assert answer.status_code == 400
    assert EVIL not in answer.text


@pytest.mark.parametrize("host", ["TESTSERVER", "testserver.", "testserver:666"])
@pytest.mark.parametrize("page", PAGES)
def test_another_spelling_of_our_name_changes_nothing(coach, page, host):
    assert answer_of(page, HTTP_HOST=host) == answer_of(page)


# What only proxies may say, and none of ours says.


@pytest.mark.parametrize("page", PAGES)
def test_forged_headers_change_no_page_so_that_none_is_kept_wrongly(coach, page):
    assert answer_of(page, **IGNORED) == answer_of(page)


def answer_of(page, **headers):
    """All that a cache would keep of an answer, but for what is random in its forms."""
    answer = Client().get(page, **headers)
    text = re.sub(r'type="hidden" name="\w+" value="[\w-]+"', "", answer.text)
    kept = {k: v for k, v in answer.headers.items() if k not in RANDOM}
    return answer.status_code, kept, text


def test_control_a_believed_header_would_be_in_the_answer(settings):
    settings.USE_X_FORWARDED_HOST = True

    assert Client().get("/", HTTP_X_FORWARDED_HOST=EVIL).status_code == 400


def test_an_address_that_is_none_is_refused_where_a_proxy_is_believed(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    answer = client.post("/account/login/", {"login": "x"}, HTTP_X_FORWARDED_FOR=f"<{EVIL}>")

    assert answer.status_code == 403
    assert EVIL not in answer.text


# Mail.


def links_mailed(mailoutbox, make_user, **headers):
    """Every link in the mails that strangers can cause, asked for with these headers."""
    make_user("known@example.org")
    browser = Client()
    for email in ("known@example.org", "unknown@example.org"):
        browser.post(reverse("account_reset_password"), {"email": email}, **headers)
        fields = {"name": "Nell", "email": email, "password1": "seven quiet herons"}
        Client().post(reverse("account_signup"), fields, **headers)
    enquiry = {"subject": "MESSAGE", "name": "Vi", "email": "vi@example.org", "message": "May I?"}
    enquiries.submit_enquiry(**enquiry, at=timezone.now())
    outbox.deliver_due(timezone.now())
    bodies = [mail.body + mail.alternatives[0].content for mail in mailoutbox]
    assert len(bodies) == 5
    return set(re.findall(r"https?://[^/\s\"<]+", "".join(bodies)))


@pytest.mark.parametrize("host", ["testserver", "localhost", "testserver:666", "127.0.0.1"])
def test_links_in_mail_lead_to_our_site_alone(mailoutbox, make_user, host):
    links = links_mailed(mailoutbox, make_user, HTTP_HOST=host, **IGNORED)

    assert links == {the_settings.SITE_URL}


def test_control_links_made_from_the_request_would_lead_elsewhere(
    mailoutbox, make_user, settings, monkeypatch
):
    monkeypatch.setattr(
        AccountAdapter,
        "get_reset_password_from_key_url",
        DefaultAccountAdapter.get_reset_password_from_key_url,
    )
    settings.USE_X_FORWARDED_HOST, settings.ALLOWED_HOSTS = True, ["*"]

    links = links_mailed(mailoutbox, make_user, HTTP_X_FORWARDED_HOST=EVIL)

    assert f"http://{EVIL}" in links


# Over https.


@pytest.fixture
def over_https(settings):
    """As a deployment behind a proxy that speaks https."""
    settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST = True, "testserver"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize("proto", [None, "http", "HTTPS ", "https2", "http, https"])
@pytest.mark.parametrize("host", ["testserver", "testserver:666", "localhost"])
def test_plain_http_leads_to_our_own_name_whatever_the_request_calls_it(over_https, proto, host):
    headers = {"HTTP_X_FORWARDED_PROTO": proto} if proto else {}

    answer = Client().get("/coaches/", HTTP_HOST=host, **headers)

    assert answer.url == "https://testserver/coaches/"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"HTTP_ORIGIN": f"https://{EVIL}"}, 403),
        ({"HTTP_ORIGIN": "null"}, 403),
        ({"HTTP_REFERER": f"https://{EVIL}/"}, 403),
        ({"HTTP_REFERER": f"https://testserver.{EVIL}/"}, 403),
        ({}, 403),  # https without either
        ({"HTTP_ORIGIN": f"https://{EVIL}", "HTTP_X_FORWARDED_HOST": EVIL}, 403),
        ({"HTTP_ORIGIN": "https://testserver"}, 200),
        ({"HTTP_REFERER": "https://testserver/account/login/"}, 200),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(over_https, headers, status):
    ours = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": "testserver"}
    browser = Client(enforce_csrf_checks=True, **ours)
    token = browser.get("/account/login/").cookies[the_settings.CSRF_COOKIE_NAME].value

    fields = {"login": "x", "csrfmiddlewaretoken": token}
    answer = browser.post("/account/login/", fields, **headers)

    assert answer.status_code == status
