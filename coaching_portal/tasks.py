"""The portal's own repeated jobs: a sign of life, and tidying what belongs to no app."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from coaching_portal.common.answered_requests import AnsweredRequest
from coaching_portal.notifications.models import Heartbeat
from coaching_portal.personal_data import retention


@shared_task
def note_heartbeat():
    """Needs beat, broker, worker and database."""
    Heartbeat.objects.beat("beat", at=timezone.now())


@shared_task
def forget_what_is_too_old():
    """What the privacy page says is kept so long, and no longer."""
    retention.forget_everything_due(timezone.now())


@shared_task
def forget_stale_rows():
    """Sessions that have ended, and answers to forms that nobody will send again."""
    AnsweredRequest.objects.stale(timezone.now()).delete()
    call_command("clearsessions")
