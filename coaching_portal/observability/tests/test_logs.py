"""A line for each request and task, and nothing in it that somebody told in confidence."""

import contextlib
import io
import json
import logging
import os
import smtplib
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import psycopg2
import pytest
import redis
import time_machine
from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.log import AdminEmailHandler
from django.views.debug import get_default_exception_reporter_filter, get_exception_reporter_class

from coaching_portal.celery import app
from coaching_portal.observability import error_mail, logs, redaction
from coaching_portal.observability.tests import planted_tasks
from coaching_portal.observability.tests.planted_errors import ERRORS
from coaching_portal.testing.plugin import NINE
from coaching_portal.website import public

CANARY = "herons-nest-7319"
ENQUIRY = {"name": CANARY, "email": f"{CANARY}@example.org", "message": CANARY}


class Written:
    """What has been logged, in both ways of writing it, and mailed."""

    def __init__(self):
        self.streams, self.mailing = [io.StringIO(), io.StringIO()], error_mail.ErrorMail("ERROR")
        self.handlers = [self.mailing]
        for stream, formatter in zip(self.streams, (logs.JsonLines, logs.Readable), strict=True):
            self.handlers.append(logs.Output(stream))
            self.handlers[-1].setFormatter(formatter())

    @property
    def lines(self):
        return [json.loads(line) for line in self.streams[0].getvalue().splitlines()]

    def of(self, logger):
        return [line for line in self.lines if line["logger"] == logger]

    @property
    def mails(self):
        if self.mailing.sending:
            self.mailing.sending.join(10)
        return [str(message.message()) for message in mail.outbox]

    def everything(self):
        return "".join([*(stream.getvalue() for stream in self.streams), *self.mails])


@pytest.fixture
def written(settings):
    settings.ADMINS = [("", "office@example.org")]
    yield from _listening(Written())


def _listening(written):
    """In place of the portal's own handlers, which would mail as well."""
    root = logging.getLogger()
    before = root.handlers, root.level
    root.handlers = list(written.handlers)
    root.setLevel("INFO")
    yield written
    root.handlers = before[0]
    root.setLevel(before[1])


@pytest.fixture
def browser(db):
    """A browser to whom an error is a page, as to people's."""
    return Client(raise_request_exception=False)


# --- A line for each request ---


def test_a_request_leaves_one_line(written, browser, client_user):
    browser.force_login(client_user)

    answer = browser.get(reverse("bookings:sessions"), {"q": CANARY})

    [line] = written.of("portal.requests")
    assert line["ms"] > 0
    assert {key: line[key] for key in ("method", "path", "route", "status", "user", "level")} == {
        "method": "GET",
        "path": "/sessions/",
        "route": "bookings:sessions",
        "status": 200,
        "user": str(client_user.uuid),
        "level": "INFO",
    }
    assert line["request_id"] == answer.headers["X-Request-ID"]


def test_nobody_is_looked_up_for_the_log(written, rf):
    request = rf.get("/contact/")
    request.user, request.resolver_match = SimpleLazyObject(fail), None

    logs.logged(lambda _: HttpResponse())(request)

    assert written.of("portal.requests")[0]["user"] is None


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        ("8-and.ok", True),
        ("7-short", False),
        ("x" * 64, True),
        ("x" * 65, False),
        ("somebody@example.org", False),
        ("two words and more", False),
        ('quoted"and-more', False),
    ],
)
def test_only_a_sane_id_is_taken_from_the_proxy(browser, given, is_kept):
    answer = browser.get("/healthz", headers={"X-Request-ID": given})

    assert (answer.headers["X-Request-ID"] == given) is is_kept
    assert len(answer.headers["X-Request-ID"]) >= 8


def test_two_requests_have_two_ids(browser):
    ids = {browser.get("/healthz").headers["X-Request-ID"] for _ in range(2)}

    assert len(ids) == 2


def test_every_line_of_a_request_has_its_id_and_none_has_it_afterwards(written, browser):
    answer = browser.get("/no-such-page/")
    logging.getLogger("planted").warning("Afterwards")

    of_request = {line.get("request_id") for line in written.lines[:-1]}
    assert len(written.lines) == 3  # Django's warning, the request's line, ours
    assert of_request == {answer.headers["X-Request-ID"]}
    assert "request_id" not in written.lines[-1]


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/coaches/una-umber/", "/coaches/una-umber/"),
        (f"/account/preferences/decline/{CANARY}/", "/account/preferences/decline/<token>/"),
        (f"/account/password/reset/key/1-{CANARY}/", "<account_reset_password_from_key>"),
        (f"/quotes/{CANARY}/", "/…"),
        (f"/admin/profiles/user/{CANARY}/change/", "/admin/profiles/user/<object_id>/change/"),
        ("/admin/profiles/user/17/change/", "/admin/profiles/user/17/change/"),
    ],
)
def test_an_address_is_told_without_what_opens_it(written, browser, coach, address, path):
    browser.get(address)

    [line] = written.of("portal.requests")
    assert line["path"] == path
    assert CANARY not in written.everything()


def test_probes_are_logged_only_when_something_is_wrong(written, browser):
    browser.get("/healthz")
    browser.get("/readyz")  # no worker runs here

    assert [line["route"] for line in written.of("portal.requests")] == ["readyz"]


def test_what_monitoring_asks_for_is_not_mailed_as_well(written, browser):
    answer = browser.get("/readyz")

    assert answer.status_code == 503
    assert written.of("django.request")[0]["level"] == "ERROR"
    assert written.mails == []


def test_a_line_stays_a_line(written):
    logging.getLogger("planted").info("one\nWARNING two\r\nthree")

    assert written.streams[0].getvalue().count("\n") == 1
    assert written.streams[1].getvalue().count("\n") == 1


# --- Nobody's words ---


def break_page(monkeypatch, error):
    """The contact form's action goes wrong with what was typed, as a local variable too."""

    def ask(**given):
        typed = given["message"]
        error(typed)

    monkeypatch.setattr(public.enquiries, "submit_enquiry", ask)


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_an_error_in_a_page_tells_nobodys_words(written, browser, monkeypatch, capfd, error):
    break_page(monkeypatch, error)
    browser.cookies["leftover"] = CANARY

    answer = browser.post(f"/contact/?next={CANARY}", ENQUIRY)

    assert answer.status_code == 500
    [told] = written.of("django.request")
    assert "planted_errors.py" in told["exception"]
    assert told["request_id"] in written.mails[0]
    assert CANARY not in written.everything() + answer.text
    assert CANARY not in "".join(capfd.readouterr())


def test_what_helps_is_told(written, browser, monkeypatch):
    break_page(monkeypatch, ERRORS["of_a_constraint"])

    browser.post("/contact/", ENQUIRY)

    [told] = written.of("django.request")
    assert told["message"] == "Internal Server Error: /contact/"
    assert told["exception"].endswith(
        "UniqueViolation (23505, profiles_user, profiles_user_email_is_unique_in_any_case)"
    )


@pytest.fixture
def djangos_own(settings):
    """What Django would log and mail, were it not told otherwise."""
    settings.ADMINS = [("", "office@example.org")]
    get_default_exception_reporter_filter.cache_clear()
    settings.DEFAULT_EXCEPTION_REPORTER_FILTER = "django.views.debug.SafeExceptionReporterFilter"
    log = logging.StreamHandler(io.StringIO())
    mailing = AdminEmailHandler(
        include_html=True, reporter_class="django.views.debug.ExceptionReporter"
    )
    yield from _listening(SimpleNamespace(handlers=[log, mailing], text=log.stream.getvalue))
    get_default_exception_reporter_filter.cache_clear()


def test_control_djangos_own_log_and_mail_tell_them(djangos_own, browser, monkeypatch):
    break_page(monkeypatch, ERRORS["in_words"])

    browser.post(f"/contact/?next={CANARY}", ENQUIRY)

    report = next(each for each in mail.outbox if each.alternatives)
    assert CANARY in djangos_own.text()
    assert CANARY in report.body
    assert CANARY in report.alternatives[0][0]


def fail(*_, **given):
    raise ValueError(str(given))


def test_a_password_and_a_token_are_not_told_when_their_pages_fail(written, browser, monkeypatch):
    monkeypatch.setattr(AuthenticationBackend, "authenticate", fail)
    monkeypatch.setattr("coaching_portal.notifications.views.unsubscribe", None)

    answers = [
        browser.post("/account/login/", {"login": f"{CANARY}@example.org", "password": CANARY}),
        browser.get(f"/account/preferences/decline/{CANARY}/"),
    ]

    assert [answer.status_code for answer in answers] == [500, 500]
    assert len(written.of("django.request")) == 2
    assert CANARY not in written.everything()


def test_a_false_host_is_noted_in_our_words_and_wakes_nobody(written, browser):
    browser.get("/contact/", headers={"Host": f"{CANARY}.example.org"})

    [line] = written.of("django.security.DisallowedHost")
    assert line["message"] == "DisallowedHost"
    assert written.mails == []


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError(CANARY), "ValueError"),
        (ConnectionRefusedError(111, CANARY), "ConnectionRefusedError (Connection refused)"),
        (
            FileNotFoundError(2, "No such file", CANARY),
            "FileNotFoundError (No such file or directory)",
        ),
        (smtplib.SMTPDataError(554, CANARY.encode()), "SMTPDataError (code 554)"),
        (
            redis.ConnectionError("Error 111."),
            "ConnectionError (Error 111.)",
        ),
        (ImproperlyConfigured("Set SITE_URL."), "ImproperlyConfigured (Set SITE_URL.)"),
        (psycopg2.OperationalError("no route to db\nmore"), "OperationalError (no route to db)"),
        (psycopg2.ProgrammingError(CANARY), "ProgrammingError"),
    ],
)
def test_of_an_error_only_what_is_known_to_be_ours_is_told(error, told):
    assert redaction.described(error) == told


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (("Sent to %s", "jo.bloggs+x@mail.example.org"), "Sent to …"),
        (("Key (lower(email))=(jo@example.org) exists",), "Key (lower(email))=(…) exists"),
        (("redis://user:secret@host:1/0 is away",), "redis://…@host:1/0 is away"),
        (("%s of %s, %.1f", 3, Decimal(4), 0.5), "3 of 4, 0.5"),
        (("Gone: %r", ValueError(CANARY)), "Gone: 'ValueError'"),
        (("For %s", {"name": CANARY}), "For <dict>"),
        (
            ("%(name)s gave %(return_value)r", {"name": "task", "return_value": CANARY}),
            "task gave '…'",
        ),
        (("%d of these", CANARY), "%d of these"),
        ((ValueError(CANARY),), "ValueError"),
    ],
)
def test_a_message_keeps_what_is_plain(message, told):
    record = logging.LogRecord("planted", logging.INFO, "x.py", 1, message[0], message[1:], None)

    assert redaction.message_of(record) == told


def test_a_person_as_an_argument_is_not_named(written, client_user):
    logging.getLogger("planted").info("Booked by %s", client_user)

    assert written.lines[-1]["message"] == "Booked by <User>"


def test_a_line_that_cannot_be_written_is_not_printed_instead(written, capsys):
    written.handlers[1].setFormatter(SimpleNamespace(format=fail))

    logging.getLogger("planted").info(CANARY)

    assert capsys.readouterr().err == "A line of planted could not be logged.\n"


def test_statements_are_not_logged_even_when_django_keeps_them(written, browser, settings):
    with CaptureQueriesContext(connection) as captured:
        get_user_model().objects.filter(name=CANARY).exists()

    assert CANARY in captured[0]["sql"]
    assert logging.getLogger("django.db.backends").getEffectiveLevel() == logging.WARNING
    assert CANARY not in written.everything()


def servers_log():
    return Path(os.environ["TESTS_HOME"], "postgres.log").read_text()


@pytest.mark.parametrize("kind", ["of_a_constraint", "of_a_statement"])
def test_postgresqls_own_log_does_not_repeat_what_failed(db, kind):
    with pytest.raises(DatabaseError):
        ERRORS[kind](f"{CANARY}-{kind}")

    assert f"{CANARY}-{kind}" not in servers_log()


def test_control_as_it_comes_postgresql_repeats_it(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_min_messages = 'warning'")

    with pytest.raises(DatabaseError):
        ERRORS["of_a_statement"](f"{CANARY}-control")

    wait_until(lambda: f"{CANARY}-control" in servers_log())


# --- Mail about errors ---


def test_mail_about_errors_comes_once_a_minute(written):
    with time_machine.travel(NINE, tick=False):
        logging.getLogger("planted").error("The first")
        logging.getLogger("planted").error("The second")
        first = written.mails
    written.mailing.not_before = 0
    logging.getLogger("planted").error("The third")

    assert ["The first" in text for text in first] == [True]
    assert ["The third" in text for text in written.mails] == [False, True]


def test_nobody_is_mailed_where_nobody_is_named(written, settings):
    settings.ADMINS = []

    logging.getLogger("planted").error("An error")

    assert written.mails == []


def test_djangos_own_report_is_as_discreet(rf):
    request = rf.post(f"/contact/?next={CANARY}", ENQUIRY)
    request.COOKIES["leftover"] = CANARY
    try:
        ERRORS["behind_another"](CANARY)
    except RuntimeError:
        report = get_exception_reporter_class(request)(request, *sys.exc_info())

    frames = report.get_traceback_frames()
    assert "planted_errors.py" in report.get_traceback_text()
    assert CANARY not in report.get_traceback_text() + report.get_traceback_html()
    assert CANARY not in str([frame["vars"] for frame in frames])
    assert CANARY not in str(error_mail.Filter().get_post_parameters(request))
    assert CANARY not in str(error_mail.Filter().get_safe_cookies(request))
    assert CANARY not in str(error_mail.Filter().get_safe_request_meta(request))


# --- A real worker ---


@contextlib.contextmanager
def worker(tmp_path, application):
    """A worker of its own, with its own queue; gives a function that hands it tasks."""
    broker = os.environ["TESTS_REDIS_URL"] + "/61"
    address = os.environ["TESTS_DATABASE_URL"].rsplit("/", 1)[0]
    environment = {
        "DATABASE_URL": f"{address}/{connection.settings_dict['NAME']}",
        "REDIS_URL": broker,
        "PORTAL_READY_FILE": str(tmp_path / "ready"),
        "LOG_JSON": "true",
        "ADMINS": "",
    }
    words = ["-A", application, "worker", "--pool=prefork", "-c1", "--loglevel=INFO", "-Qplanted"]
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", *words, "-I", planted_tasks.__name__],
            cwd=settings.BASE_DIR,
            env=os.environ | environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until((tmp_path / "ready").exists)
        with app.connection_for_write(broker) as channel:
            yield (
                lambda task, *args: (
                    app.send_task(
                        f"{planted_tasks.__name__}.{task}",
                        args,
                        queue="planted",
                        connection=channel,
                    ).id
                )
            )
    finally:
        process.terminate()
        process.wait(30)


def wait_until(is_so, seconds=120):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


@pytest.mark.servers
def test_a_worker_names_the_task_and_tells_nobodys_words(db, tmp_path):
    log = tmp_path / "log"
    with worker(tmp_path, "coaching_portal") as hand_over:
        for kind in ERRORS:
            hand_over("go_wrong", kind, CANARY)
        last = hand_over("give_back", CANARY)
        wait_until(lambda: f"[{last}] succeeded" in log.read_text())

    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    failed = [line for line in lines if "exception" in line]
    assert len(failed) == len(ERRORS)
    assert {line["task"] for line in failed} == {f"{planted_tasks.__name__}.go_wrong"}
    assert len({line["task_id"] for line in failed}) == len(ERRORS)
    assert CANARY not in log.read_text()


@pytest.mark.servers
def test_control_celerys_own_log_tells_them(db, tmp_path):
    log = tmp_path / "log"
    with worker(tmp_path, "coaching_portal.observability.tests.planted_worker") as hand_over:
        last = hand_over("give_back", CANARY)
        wait_until(lambda: f"[{last}] succeeded" in log.read_text())

    assert CANARY in log.read_text()
