from celery import shared_task
from django.utils import timezone

from bookings import emails


@shared_task
def post_evening_messages():
    emails.evening_messages(at=timezone.now())
