"""The Celery application. Only beat publishes: no web request ever waits for the broker."""

import logging.config
import os
from pathlib import Path

from celery import Celery, Task
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_ready

from coaching_portal.observability.logs import CURRENT

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


@setup_logging.connect
def log_as_the_web_does(**_):
    """Celery would put its own handlers in place of ours, which print what a task was given."""
    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
def name_the_task(task_id, task, **_):
    CURRENT.set({"task": task.name, "task_id": task_id})


@task_postrun.connect
def forget_the_task(**_):
    CURRENT.set({})


@worker_ready.connect
@beat_init.connect
def say_ready(**_):
    """Tell `manage.py portal`, which waits for this file, that the start is over."""
    if path := os.environ.get("PORTAL_READY_FILE"):
        Path(path).touch()
