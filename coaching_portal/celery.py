"""The Celery application. Only beat publishes: no web request ever waits for the broker."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching_portal.settings")

app = Celery("coaching_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
