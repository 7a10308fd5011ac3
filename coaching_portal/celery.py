"""The Celery application. Only beat publishes: no web request ever waits for the broker."""

import os
from pathlib import Path

from celery import Celery, Task
from celery.signals import beat_init, worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coaching_portal.settings")


class AuditedTask(Task):
    """Tells the audit trail which task changes something."""

    def __call__(self, *args, **kwargs):
        import pghistory  # it needs Django's settings

        with pghistory.context(task=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("coaching_portal", task_cls=AuditedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
@beat_init.connect
def say_ready(**_):
    """Tell `manage.py portal`, which waits for this file, that the start is over."""
    if path := os.environ.get("PORTAL_READY_FILE"):
        Path(path).touch()
