from celery import shared_task
from django.utils import timezone

from training import actions


@shared_task
def offer_free_places():
    actions.offer_free_places(at=timezone.now())
