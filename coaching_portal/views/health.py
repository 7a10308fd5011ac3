"""Is the portal alive (`/healthz`), and is everything that it stands on in order (`/readyz`)?"""

from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.db.models import Min
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coaching_portal.notifications.models import Heartbeat, OutgoingMessage

HEARTBEAT_IS_OLD = timedelta(minutes=2)
OUTBOX_IS_LATE = timedelta(minutes=10)
Status = OutgoingMessage.Status


@never_cache
@login_not_required
@require_safe
def healthz(request):
    """The web server answers; asks nobody else, so that a broken database restarts no web."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@login_not_required
@require_safe
def readyz(request):
    """200 when every part is "ok", else 503, with one word for each part."""
    at = timezone.now()
    try:
        parts = {"database": "ok", **beat_state(at), **outbox_state(at)}
    except DatabaseError:
        parts = {"database": "down"}
    parts["broker"] = broker_state()
    in_order = all(parts.get(name) == "ok" for name in ("database", "broker", "beat", "outbox"))
    return JsonResponse(parts, status=200 if in_order else 503)


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
        "beat_age_seconds": last and round((at - last).total_seconds()),
    }


def outbox_state(at):
    owed = OutgoingMessage.objects.filter(due_at__lte=at)
    unsettled = owed.filter(status__in=[Status.WAITING, Status.SENDING])
    oldest = unsettled.aggregate(Min("due_at"))["due_at__min"] or at
    return {
        "outbox": "late" if at - oldest > OUTBOX_IS_LATE else "ok",
        "outbox_lag_seconds": round((at - oldest).total_seconds()),
        "outbox_dead": OutgoingMessage.objects.filter(status=Status.DEAD).count(),
    }
