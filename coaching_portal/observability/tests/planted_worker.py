"""The portal's worker with Celery's own logging: a control for tests of ours."""

from celery.signals import setup_logging

from coaching_portal.celery import app, log_as_the_web_does

setup_logging.disconnect(log_as_the_web_does)

__all__ = ["app"]
