"""Jobs that belong to no app."""

from celery import shared_task
from django.core.management import call_command
from django.utils import timezone

from coaching_portal.models import AnsweredRequest


@shared_task
def forget_stale_rows():
    """Sessions that have ended, and answers to forms that nobody will send again."""
    AnsweredRequest.objects.stale(timezone.now()).delete()
    call_command("clearsessions")
