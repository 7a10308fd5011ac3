"""/metrics: what Prometheus reads, behind a token, with nobody in it."""

import io
import os
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.observability import metrics
from coaching_portal.operations import production
from coaching_portal.operations.tests.test_settings import WISHES
from coaching_portal.tasks import note_heartbeat
from coaching_portal.testing.factories.sessions import book_session
from coaching_portal.testing.plugin import NINE

TOKEN = "a-token-of-at-least-thirty-two-letters"


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN


@pytest.fixture
def figures(client, db, token):
    """figures(): {(name, labels by their names …): value} as Prometheus reads them."""

    def read():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.text)
        samples = [sample for family in families for sample in family.samples]
        return {
            (each.name, *map(each.labels.get, sorted(each.labels))): each.value for each in samples
        }

    return read


# --- Who may read them ---


def test_without_a_token_in_the_settings_there_is_no_such_page(client, db):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"Bearer {TOKEN}x", 401),
        (f"Bearer {TOKEN[:-1]}", 401),
        (f"bearer {TOKEN}", 401),
        (TOKEN, 401),
        ("Bearer schlüssel", 401),
        ("", 401),
    ],
)
def test_only_who_shows_the_token_reads_them(client, db, token, shown, status):
    answer = client.get("/metrics", headers={"Authorization": shown})

    assert answer.status_code == status
    assert ("portal_ready" in answer.text) is (status == 200)


def test_an_admin_without_the_token_does_not(signed_in, admin_user, token):
    assert signed_in(admin_user).get("/metrics").status_code == 401


@pytest.mark.parametrize("token", ["", "x" * 32])
def test_a_token_is_long_or_there_is_none(token):
    production.insist(**WISHES, metrics_token=token)


def test_a_short_token_is_refused():
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN"):
        production.insist(**WISHES, metrics_token="x" * 31)


# --- Requests ---


def test_requests_are_counted_by_page_method_and_class_of_answer(client, figures, coach):
    page = ("portal_http_requests_total", "GET", "coach", "2xx")
    before = figures()

    client.get("/coaches/una-umber/")
    client.get("/coaches/una-umber/?q=else")
    client.get("/coaches/nobody/")

    after = figures()
    took = ("portal_http_request_seconds_count", "coach")
    assert after[page] - before.get(page, 0) == 2
    assert after[(*page[:3], "4xx")] - before.get((*page[:3], "4xx"), 0) == 1
    assert after[took] - before.get(took, 0) == 3


def test_what_strangers_invent_makes_no_figures_of_its_own(client, figures):
    for made_up in ("/wp-login.php", "/quotes/some-token/"):
        client.generic("INVENT", made_up)

    counted = {key for key in figures() if key[0].startswith("portal_http_requests")}
    assert ("portal_http_requests_total", "other", "none", "4xx") in counted
    assert not [key for key in counted if "INVENT" in key or "token" in str(key)]


def test_nothing_is_counted_where_nobody_may_ask(client, db, settings):
    settings.METRICS_TOKEN = ""
    before = metrics.REQUESTS.labels("healthz", "GET", "2xx")._value.get()

    client.get("/healthz")

    assert metrics.REQUESTS.labels("healthz", "GET", "2xx")._value.get() == before


def test_a_full_disk_stops_the_counting_and_no_page(client, db, token, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(metrics, "_prepared", {})
    monkeypatch.setattr(os, "posix_fallocate", full)

    assert client.get("/healthz").status_code == 200
    assert metrics._prepared == {os.getpid(): False}


def test_counts_of_runs_that_have_ended_are_discarded(client, db, token, monkeypatch):
    ended = metrics.FOLDER.with_name("4194304-1")
    ended.mkdir(parents=True)
    monkeypatch.setattr(metrics, "_prepared", {})

    client.get("/healthz")

    assert not ended.exists()
    assert metrics.FOLDER.exists()


# --- The portal ---


def test_the_outbox_is_told_by_status_and_age(figures):
    for status, due_at in (("WAITING", NINE - timedelta(seconds=90)), ("DEAD", NINE)):
        OutgoingMessage.objects.create(
            kind="test", subject_uuid=uuid.uuid4(), address="a@b.org", due_at=due_at, status=status
        )

    with time_machine.travel(NINE, tick=False):
        told = figures()

    assert told[("portal_outbox_messages", "WAITING")] == 1
    assert told[("portal_outbox_messages", "DEAD")] == 1
    assert told[("portal_outbox_messages", "SENT")] == 0
    assert told[("portal_outbox_oldest_due_seconds",)] == 90


def test_signs_of_life_have_an_age(figures):
    with time_machine.travel(NINE, tick=False):
        note_heartbeat()
    with time_machine.travel(NINE + timedelta(seconds=100), tick=False):
        at_first = figures()
    with time_machine.travel(NINE + timedelta(seconds=130), tick=False):
        later = figures()

    assert at_first[("portal_heartbeat_age_seconds", "beat")] == 100
    assert at_first[("portal_ready", "beat")] == 1
    assert later[("portal_ready", "beat")] == 0


def test_sessions_and_the_database_are_told(figures, coach, client_user):
    book_session(coach, client_user)

    told = figures()

    assert told[("portal_coaching_sessions", "BOOKED")] == 1
    assert told[("portal_holds",)] == 0
    assert (
        1
        <= told[("portal_database_connections", "portal")]
        <= told[("portal_database_connections", "most")]
    )
    assert told[("portal_database_bytes",)] > 1_000_000
    assert told[("portal_disk_free_bytes",)] > 0


def test_a_backup_leaves_its_age(figures, tmp_path, settings):
    settings.MIGRATION_DATABASE_URL = (
        settings.DATABASE_URL.rsplit("/", 1)[0] + "/" + (connection.settings_dict["NAME"])
    )
    settings.RUNS_POSTGRES = False
    assert ("portal_heartbeat_age_seconds", "backup") not in figures()

    call_command("backup", to=tmp_path, stdout=io.StringIO())

    assert 0 <= figures()[("portal_heartbeat_age_seconds", "backup")] < 600


def test_nobody_is_in_it(client, figures, coach, client_user):
    book_session(coach, client_user, needs="a lift to floor nineteen")
    client.force_login(client_user)
    client.get(reverse("bookings:sessions"))

    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text

    for word in (
        client_user.email,
        client_user.name,
        str(client_user.uuid),
        "nineteen",
        "una-umber",
    ):
        assert word.lower() not in answer.lower()


def test_what_is_asked_of_the_database_stays_the_same(figures, coach, client_user):
    with CaptureQueriesContext(connection) as few:
        figures()
    for hours in range(5):
        book_session(coach, client_user, starts_at=NINE + timedelta(days=7 * hours), by=coach.user)
    with CaptureQueriesContext(connection) as many:
        figures()

    assert len(many) == len(few)
