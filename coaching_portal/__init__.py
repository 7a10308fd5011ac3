"""The coaching portal's project package, and the pages and tools that know no single app."""

from coaching_portal.celery import app as celery_app

__all__ = ["celery_app"]
