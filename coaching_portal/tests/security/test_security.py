"""What every answer carries, and what nobody may keep a copy of."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

POLICY = {
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}
PAGES = ["/account/login/", "/account/", "/healthz", "/no-such-page/", "/admin/"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", PAGES)
def test_every_answer_says_what_it_may_do(client, address):
    headers = client.get(address).headers

    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/account/", "/account/details/", "/admin/", "/no-such-page/"])
def test_nobody_keeps_a_copy_of_a_page_for_someone_signed_in(client, make_user, address):
    client.force_login(make_user(is_staff=True, is_superuser=True))

    assert client.get(address).headers["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_a_visitor_who_has_begun_something_is_somebody_too(client):
    session = client.session
    session["visitor_key"] = "heron"
    session.save()

    assert client.get("/healthz").headers["Cache-Control"] == "no-store, private"


@pytest.mark.django_db
def test_public_answers_to_strangers_may_be_kept(client):
    assert "no-store" not in client.get("/no-such-page/").headers.get("Cache-Control", "")


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_in_our_words():
    answer = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "x"})

    assert answer.status_code == 403
    assert "This form has expired" in answer.text


@pytest.mark.django_db
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, make_user):
    make_user("jo@example.org", password="seven quiet herons")
    client.get("/account/login/")
    client.post("/account/login/", {"login": "jo@example.org", "password": "seven quiet herons"})

    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    assert set(client.cookies) == names | {settings.KNOWN_DEVICE_COOKIE_NAME}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"


def test_over_https_cookies_belong_to_this_host_alone():
    """Read in a process of its own, as a deployment's settings are."""
    names = [
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "KNOWN_DEVICE_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_SSL_REDIRECT",
        "SECURE_HSTS_SECONDS",
        "REQUIRE_MFA",
        "ALLOWED_HOSTS",
    ]
    told = _settings(names, SITE_URL="https://coaching.example.org")

    assert told == (
        "__Host-session __Host-csrf __Host-known-device True True True 63072000 True "
        "['coaching.example.org']"
    )


@pytest.mark.parametrize("missing", ["SITE_URL", "SECRET_KEY", "EMAIL_URL"])
def test_a_deployment_does_not_start_without_what_it_needs(missing):
    with pytest.raises(subprocess.CalledProcessError) as refusal:
        _settings([], **{missing: ""})

    assert missing in refusal.value.stderr


def _settings(names, **environment):
    program = "from coaching_portal import settings as s; print(" + ", ".join(
        f"s.{name}" for name in names
    )
    kept = {"PATH": os.environ["PATH"]}
    deployment = {
        "DATABASE_URL": "postgresql://nowhere/portal",
        "REDIS_URL": "redis://nowhere",
        "SITE_URL": "https://coaching.example.org",
        "SECRET_KEY": "only for this test, but of the length that a deployment needs",
        "EMAIL_URL": "smtp://nowhere",
        **environment,
    }
    finished = subprocess.run(
        [sys.executable, "-c", program + ")"],
        env=kept | deployment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout.strip()
