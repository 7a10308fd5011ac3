from celery import shared_task
from django.utils import timezone

from coaching_portal.notifications import outbox


@shared_task
def deliver_due_messages():
    outbox.deliver_due(at=timezone.now())
