"""A real installation starts with all that it needs, or says in one message what is missing."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from coaching_portal.operations import production

COMPLETE = {
    "DATABASE_URL": "postgresql://portal:secret@127.0.0.1:1/portal",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "SITE_URL": "https://portal.example.org",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN",
    "EMAIL_URL": "smtp+tls://user:secret@mail.example.org:587",
}
WISHES = {
    "secret_key": COMPLETE["SECRET_KEY"],
    "site_url": COMPLETE["SITE_URL"],
    "email_url": COMPLETE["EMAIL_URL"],
    "hosts": ["portal.example.org"],
    "proxies": 1,
    "debug": False,
}


def manage(*arguments, **environment):
    """Run manage.py as on a machine whose environment is just this."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(settings.VAR_DIR)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_complete_installation_passes_djangos_deployment_checks():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **COMPLETE)

    assert result.returncode == 0, result.stderr


def test_an_empty_installation_says_in_one_message_what_it_needs():
    result = manage("portal", DATABASE_URL=COMPLETE["DATABASE_URL"])

    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    for name in ("SECRET_KEY", "SITE_URL", "EMAIL_URL"):
        assert f"  {name}: " in result.stderr


def test_example_data_stays_out_of_a_real_installation():
    result = manage("example_data", **COMPLETE)

    assert result.returncode == 1
    assert "Use --force" in result.stderr


def test_a_command_says_that_the_embedded_database_is_not_running(tmp_path):
    result = manage("showmigrations", VAR_DIR=str(tmp_path))

    assert result.stderr.strip() == (
        "✗ The embedded database is not running: type `make run` in another window first."
    )


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("secret_key", "x" * 50, "x" * 49),
        ("site_url", "https://a.example.org", "http://a.example.org"),
        ("email_url", "smtp://localhost:25", ""),
        ("hosts", ["a.example.org"], ["a.example.org", "*"]),
        ("hosts", ["a.example.org"], [".example.org"]),
        ("proxies", 1, 0),
        ("debug", False, True),
    ],
)
def test_each_wish_is_met_or_refused(name, good, bad):
    production.insist(**WISHES | {name: good})

    with pytest.raises(ImproperlyConfigured, match=name.removesuffix("s").split("_")[0].upper()):
        production.insist(**WISHES | {name: bad})
