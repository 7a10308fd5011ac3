"""/healthz says that the web answers; /readyz that everything behind it does."""

import os
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications.models import Heartbeat, OutgoingMessage
from coaching_portal.operations.health import readiness
from coaching_portal.tasks import note_heartbeat
from coaching_portal.testing.plugin import NINE


@pytest.fixture
def beating(db):
    note_heartbeat()


def queue(due_at, **fields):
    return OutgoingMessage.objects.create(
        kind="test", subject_uuid=uuid.uuid4(), address="a@example.org", due_at=due_at, **fields
    )


def test_healthz_answers_anyone_without_the_database(client):
    response = client.get(reverse("healthz"))  # pytest-django would refuse a query

    assert response.status_code == 200


def test_readyz_is_content_when_all_parts_are(client, db, settings):
    settings.DISK_MIN_FREE_MB = 0
    with time_machine.travel(NINE, tick=False):
        note_heartbeat()
        response = client.get(reverse("readyz"))

    assert response.status_code == 200
    told = response.json()
    assert told.pop("disk_free_mb") > 0
    assert told == {
        "database": "ok",
        "migrations": "ok",
        "migrations_pending": 0,
        "broker": "ok",
        "disk": "ok",
        "beat": "ok",
        "beat_age_seconds": 0,
        "outbox": "ok",
        "outbox_lag_seconds": 0,
        "outbox_dead": 0,
        "reasons": [],
    }


@pytest.mark.django_db
def test_readyz_misses_a_heartbeat_that_never_came(client):
    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["beat"] == "old"


def test_a_heartbeat_is_fresh_for_two_minutes(beating):
    last = Heartbeat.objects.get(name="beat").at

    assert readiness.beat_state(last + timedelta(seconds=119))["beat"] == "ok"
    assert readiness.beat_state(last + timedelta(seconds=120))["beat"] == "old"


def test_readyz_says_that_the_broker_is_down(client, beating, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["broker"] == "down"
    assert "the broker does not answer" in response.json()["reasons"]
    assert "127.0.0.1" not in response.text


def test_the_outbox_is_late_after_ten_minutes(db):
    message = queue(due_at=timezone.now())

    on_time = readiness.outbox_state(message.due_at + timedelta(minutes=10))
    late = readiness.outbox_state(message.due_at + timedelta(minutes=10, seconds=1))

    assert (on_time["outbox"], on_time["outbox_lag_seconds"]) == ("ok", 600)
    assert late["outbox"] == "late"


def test_messages_given_up_are_counted_and_do_not_make_the_outbox_late(db):
    message = queue(due_at=timezone.now() - timedelta(days=1), status="DEAD")

    state = readiness.outbox_state(message.due_at + timedelta(days=1))

    assert state == {"outbox": "ok", "outbox_lag_seconds": 0, "outbox_dead": 1}


def test_a_message_of_the_future_is_not_late(db):
    message = queue(due_at=timezone.now() + timedelta(hours=1))

    assert readiness.outbox_state(message.due_at - timedelta(seconds=1))["outbox"] == "ok"


def test_a_version_whose_migrations_are_not_applied_is_not_ready(client, beating):
    MigrationRecorder(connection).migration_qs.filter(app="bookings", name="0001_initial").delete()

    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["migrations_pending"] == 1
    assert response.json()["reasons"] == [readiness.REASONS["migrations"]]


def test_migrations_of_a_later_version_are_no_obstacle(db):
    """While an upgrade replaces the web servers one by one, the earlier ones still serve."""
    MigrationRecorder(connection).record_applied("bookings", "9999_of_the_next_version")

    assert readiness.migrations_state(timezone.now())["migrations"] == "ok"


def test_too_little_room_for_files_is_said(client, beating, settings):
    free = readiness.disk_state()["disk_free_mb"]

    settings.DISK_MIN_FREE_MB = free // 2
    enough = readiness.disk_state()["disk"]
    settings.DISK_MIN_FREE_MB = free * 2
    response = client.get(reverse("readyz"))

    assert enough == "ok"
    assert (response.status_code, response.json()["disk"]) == (503, "full")


def test_a_disk_that_nothing_can_be_written_to_is_said(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(os, "access", lambda *_: False)
    read_only = readiness.disk_state()["disk"]
    settings.VAR_DIR = tmp_path / "unmounted"

    assert read_only == "read-only"
    assert readiness.disk_state() == {"disk": "missing"}


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_missing_is_no_database_that_is_down(client, beating, settings):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_heartbeat RENAME TO mislaid")
    try:
        told = client.get(reverse("readyz")).json()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE mislaid RENAME TO notifications_heartbeat")

    assert (told["database"], told["beat"], told["outbox"]) == ("ok", "unknown", "ok")


def test_probes_are_only_asked(client, db):
    assert {client.post(reverse(name)).status_code for name in ("healthz", "readyz")} == {405}
