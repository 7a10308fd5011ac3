"""The portal's figures as Prometheus reads them, asked of the database at that moment.

They are the same whichever web server is asked. No label holds what is somebody's: all of them are
statuses, parts and jobs, of which there are only so many.
"""

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count
from prometheus_client.core import GaugeMetricFamily as Gauge
from prometheus_client.registry import Collector

from bookings.models import CoachingSession
from coaching_portal.notifications.models import Heartbeat, OutgoingMessage
from coaching_portal.operations.health import readiness

CONNECTIONS = """
    SELECT count(*) FILTER (WHERE datname = current_database()), count(*),
           current_setting('max_connections')::integer, pg_database_size(current_database())
    FROM pg_stat_activity WHERE backend_type = 'client backend'
"""


class Portal(Collector):
    """Everything but the requests."""

    def __init__(self, at):
        self.at = at

    def collect(self):
        told = readiness.state_of_all(self.at)
        yield _by("portal_ready", "1 where the part is in order.", "part", _ready(told))
        yield from disk()
        if told["database"] == "ok":
            try:
                yield from [*outbox(told), *heartbeats(self.at), *sessions(self.at), *database()]
            except DatabaseError:  # it has not been migrated yet: portal_ready says so
                return

    def describe(self):
        return []


def _by(name, what, label, values):
    gauge = Gauge(name, what, labels=[label])
    for key, value in values.items():
        gauge.add_metric([key], value)
    return gauge


def _ready(told):
    return {part: float(told.get(part) == "ok") for part in readiness.PARTS}


def outbox(told):
    found = dict(OutgoingMessage.objects.values_list("status").annotate(Count("pk")).order_by())
    counts = {status: found.get(status, 0) for status in OutgoingMessage.Status.values}
    yield _by("portal_outbox_messages", "Messages by status.", "status", counts)
    yield Gauge(
        "portal_outbox_oldest_due_seconds",
        "How long the oldest message that is due has waited.",
        told["outbox_lag_seconds"],
    )


def heartbeats(at):
    ages = {beat.name: (at - beat.at).total_seconds() for beat in Heartbeat.objects.all()}
    what = "Since a repeated job last ended well: beat, outbox, backup, backup-check."
    yield _by("portal_heartbeat_age_seconds", what, "job", ages)


def sessions(at):
    found = dict(CoachingSession.objects.values_list("status").annotate(Count("pk")).order_by())
    counts = {status: found.get(status, 0) for status in CoachingSession.Status.values}
    yield _by("portal_coaching_sessions", "Coaching sessions by status.", "status", counts)
    held = CoachingSession.objects.filter(status="HELD", held_until__gt=at).count()
    yield Gauge("portal_holds", "Times that somebody holds while booking.", held)


def database():
    with connection.cursor() as cursor:
        cursor.execute(CONNECTIONS)
        ours, all_of_them, most, size = cursor.fetchone()
    counts = {"portal": ours, "all": all_of_them, "most": most}
    yield _by(
        "portal_database_connections", "Connections, and the most there can be.", "of", counts
    )
    yield Gauge("portal_database_bytes", "The size of the database.", size)


def disk():
    try:
        usage = shutil.disk_usage(settings.VAR_DIR)
    except OSError:  # portal_ready says so
        return
    yield Gauge("portal_disk_free_bytes", "Room for files and logs.", usage.free)
    yield Gauge("portal_disk_bytes", "The disk that files and logs are on.", usage.total)
