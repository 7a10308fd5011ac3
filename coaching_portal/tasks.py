"""The portal's own repeated job: a sign of life that needs beat, broker, worker and database."""

from celery import shared_task
from django.utils import timezone

from coaching_portal.notifications.models import Heartbeat


@shared_task
def note_heartbeat():
    Heartbeat.objects.beat("beat", at=timezone.now())
