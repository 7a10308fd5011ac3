from celery import shared_task
from django.utils import timezone

from bookings import actions, emails
from bookings.actions import calendar_sync, earlier_times, programmes


@shared_task
def post_evening_messages():
    emails.daily_summaries(at=timezone.now())


@shared_task
def complete_unconfirmed():
    actions.complete_unconfirmed(at=timezone.now())


@shared_task
def begin_programme_reviews():
    programmes.begin_reviews(at=timezone.now())


@shared_task
def sync_calendars():
    calendar_sync.sync_due(at=timezone.now())


@shared_task
def offer_earlier_times():
    earlier_times.offer_earlier_times(at=timezone.now())
