"""Is everything that the portal needs in order? A word for each part, and why where it is not.

Asked by `/readyz` and `/metrics`. The reasons name no address, user or password.
"""

import functools
import os
import shutil
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min

from coaching_portal.notifications.models import Heartbeat, OutgoingMessage

HEARTBEAT_IS_OLD = timedelta(minutes=2)
OUTBOX_IS_LATE = timedelta(minutes=10)
PARTS = ("database", "migrations", "beat", "outbox", "broker", "disk")
REASONS = {
    "database": "the database does not answer",
    "migrations": "the database has not been migrated to this version",
    "beat": "no sign of life: beat, worker or broker has stopped",
    "outbox": "a message has been due for more than ten minutes",
    "broker": "the broker does not answer",
    "disk": "there is too little room for files, or nothing can be written",
}
Status = OutgoingMessage.Status


def state_of_all(at):
    """What each part says: its word under its name, with figures, and the reasons."""
    told = {**database_state(), "broker": broker_state(), **disk_state()}
    if told["database"] == "ok":
        for question in (migrations_state, beat_state, outbox_state):
            told |= _answered(question, at)
    told["reasons"] = [REASONS[part] for part in PARTS if told.get(part, "ok") != "ok"]
    return told


def is_in_order(told):
    return all(told.get(part) == "ok" for part in PARTS)


def _answered(question, at):
    """A table may be missing where migrations are; that is no database that is down."""
    try:
        return question(at)
    except DatabaseError:
        return {question.__name__.removesuffix("_state"): "unknown"}


def database_state():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"database": "down"}
    return {"database": "ok"}


@functools.cache
def _migrations_of_this_version():
    return frozenset(MigrationLoader(None).disk_migrations)


def migrations_state(at):
    """Only what this version brings: one that is newer may have migrated already."""
    applied = MigrationRecorder(connection).applied_migrations()
    pending = len(_migrations_of_this_version() - applied.keys())
    return {"migrations": "pending" if pending else "ok", "migrations_pending": pending}


def broker_state():
    broker = redis.Redis.from_url(
        settings.CELERY_BROKER_URL, socket_timeout=2, socket_connect_timeout=2
    )
    try:
        with broker:
            broker.ping()
    except redis.RedisError:
        return "down"
    return "ok"


def beat_state(at):
    """Old once beat, broker or worker have stopped: together they renew a row."""
    last = Heartbeat.objects.filter(name="beat").values_list("at", flat=True).first()
    is_fresh = last is not None and at - last < HEARTBEAT_IS_OLD
    return {
        "beat": "ok" if is_fresh else "old",
        "beat_age_seconds": None if last is None else round((at - last).total_seconds()),
    }


def outbox_state(at):
    owed = OutgoingMessage.objects.filter(due_at__lte=at)
    unpaid = owed.filter(status__in=[Status.WAITING, Status.SENDING])
    oldest = unpaid.aggregate(Min("due_at"))["due_at__min"] or at
    return {
        "outbox": "late" if at - oldest > OUTBOX_IS_LATE else "ok",
        "outbox_lag_seconds": round((at - oldest).total_seconds()),
        "outbox_dead": OutgoingMessage.objects.filter(status=Status.DEAD).count(),
    }


def disk_state():
    """Whether uploads can be stored, on the disk of `var/`."""
    try:
        free = shutil.disk_usage(settings.VAR_DIR).free // 1_000_000
    except OSError:
        return {"disk": "missing"}
    if not os.access(settings.VAR_DIR, os.W_OK):
        return {"disk": "read-only", "disk_free_mb": free}
    is_full = free < settings.DISK_MIN_FREE_MB
    return {"disk": "full" if is_full else "ok", "disk_free_mb": free}
