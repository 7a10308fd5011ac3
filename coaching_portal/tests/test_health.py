"""/healthz says that the web answers; /readyz that everything behind it does."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coaching_portal.notifications.models import Heartbeat, OutgoingMessage
from coaching_portal.tasks import note_heartbeat
from coaching_portal.testing import NINE
from coaching_portal.views import health


@pytest.fixture
def beating(db):
    note_heartbeat()


def owe(due_at, **fields):
    return OutgoingMessage.objects.create(
        kind="test", subject_uuid=uuid.uuid4(), address="a@example.org", due_at=due_at, **fields
    )


def test_healthz_answers_anyone_without_the_database(client):
    response = client.get(reverse("healthz"))  # pytest-django would refuse a query

    assert response.status_code == 200


def test_readyz_is_content_when_all_parts_are(client, db):
    with time_machine.travel(NINE, tick=False):
        note_heartbeat()
        response = client.get(reverse("readyz"))

    assert response.status_code == 200
    assert response.json() == {
        "database": "ok",
        "broker": "ok",
        "beat": "ok",
        "beat_age_seconds": 0,
        "outbox": "ok",
        "outbox_lag_seconds": 0,
        "outbox_dead": 0,
    }


@pytest.mark.django_db
def test_readyz_misses_a_heartbeat_that_never_came(client):
    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["beat"] == "old"


def test_a_heartbeat_is_fresh_for_two_minutes(beating):
    last = Heartbeat.objects.get(name="beat").at

    assert health.beat_state(last + timedelta(seconds=119))["beat"] == "ok"
    assert health.beat_state(last + timedelta(seconds=120))["beat"] == "old"


def test_readyz_says_that_the_broker_is_down(client, beating, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    response = client.get(reverse("readyz"))

    assert response.status_code == 503
    assert response.json()["broker"] == "down"


def test_the_outbox_is_late_after_ten_minutes(db):
    message = owe(due_at=timezone.now())

    on_time = health.outbox_state(message.due_at + timedelta(minutes=10))
    late = health.outbox_state(message.due_at + timedelta(minutes=10, seconds=1))

    assert (on_time["outbox"], on_time["outbox_lag_seconds"]) == ("ok", 600)
    assert late["outbox"] == "late"


def test_messages_given_up_are_counted_and_do_not_make_the_outbox_late(db):
    message = owe(due_at=timezone.now() - timedelta(days=1), status="DEAD")

    state = health.outbox_state(message.due_at + timedelta(days=1))

    assert state == {"outbox": "ok", "outbox_lag_seconds": 0, "outbox_dead": 1}


def test_a_message_of_the_future_is_not_late(db):
    message = owe(due_at=timezone.now() + timedelta(hours=1))

    assert health.outbox_state(message.due_at - timedelta(seconds=1))["outbox"] == "ok"
