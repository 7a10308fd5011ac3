"""A real Celery worker, killed in the middle of its work: nothing is lost, hardly a double."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from celery import Celery
from django.conf import settings
from django.db import connection
from django.utils import timezone

from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

MESSAGES = 120
TICK = "coaching_portal.notifications.tasks.deliver_due_messages"


def wait_for(condition, what, seconds=90):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds} s"
        time.sleep(0.02)


def database_url():
    """This test run's own database, as a worker process is told of it."""
    to = connection.settings_dict
    return f"postgresql://{to['USER']}:{to['PASSWORD']}@{to['HOST']}:{to['PORT']}/{to['NAME']}"


@pytest.fixture
def broker():
    """A database of the tests' Valkey that nothing else uses."""
    server, number = settings.REDIS_URL.rsplit("/", 1)
    return f"{server}/{int(number) + 30}"


@pytest.fixture
def start_worker(tmp_path, broker, smtp_sink):
    """start_worker(): a Celery worker of the portal in processes of its own."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "coaching_portal.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": broker,
        "PORTAL_EMBEDDED": "true",
        "VAR_DIR": str(tmp_path),
        "SITE_URL": settings.SITE_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "EMAIL_URL": f"smtp://127.0.0.1:{settings.EMAIL_PORT}",
    }
    command = [sys.executable, "-m", "celery", "-A", "coaching_portal", "worker"]
    command += ["--concurrency=1", "--loglevel=warning", "--without-mingle", "--without-gossip"]
    workers = []

    def start():
        with open(tmp_path / "worker.log", "ab") as log:
            workers.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    cwd=settings.BASE_DIR,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )
        return workers[-1]

    yield start
    for worker in workers:
        kill(worker)


def kill(worker):
    """SIGKILL to the worker and its children, as when the machine's memory runs out."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait(10)


@pytest.fixture
def owed(make_user, coach, client_user):
    """MESSAGES messages that are due, of a kind that every worker knows."""
    from bookings.models import CoachingSession

    now = timezone.now()
    session = CoachingSession.objects.create(
        coach=coach,
        client=client_user,
        status="NO_SHOW",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
        free_again_at=now + timedelta(hours=1),
        rate=75,
        price=75,
        waived_at=now,
    )
    for number in range(MESSAGES):
        outbox.queue(
            "session-charge-waived",
            about=session,
            recipient=client_user,
            occasion=str(number),
            due_at=now,
        )


def test_a_worker_killed_twice_loses_nothing(owed, start_worker, broker, smtp_sink):
    tick = Celery("ticks", broker=broker, set_as_current=False).signature(TICK)
    smtp_sink.seconds_each = 0.01
    for share in (MESSAGES // 4, MESSAGES // 2):
        worker = start_worker()
        tick.apply_async(ignore_result=True)
        wait_for(lambda share=share: len(smtp_sink.accepted) >= share, "a share of the mail")
        kill(worker)
        # Two minutes pass: what the killed worker held is free again.
        OutgoingMessage.objects.filter(status="SENDING").update(lease_until=timezone.now())
    assert len(smtp_sink.accepted) < MESSAGES

    start_worker()
    for _ in range(3):  # as beat goes on asking; a slow machine does not end it in one run
        tick.apply_async(ignore_result=True)
    unpaid = OutgoingMessage.objects.exclude(status="SENT")
    wait_for(lambda: not unpaid.exists(), "sending the rest")

    assert len(smtp_sink.message_ids) == MESSAGES
    doubles = len(smtp_sink.accepted) - MESSAGES
    assert doubles <= 2, "at most the one message that each kill interrupted"
