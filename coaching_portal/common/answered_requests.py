"""Rows that belong to no app: answers given to forms that must not act twice."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models


class AnsweredRequestQuerySet(models.QuerySet["AnsweredRequest"]):
    def stale(self, at: datetime) -> Self:
        """Those whose form nobody will send again."""
        return self.filter(created_at__lt=at - timedelta(days=2))


class AnsweredRequest(models.Model):
    """The redirect given to a form, so that the same form sent again gets the same answer.

    `key` is drawn from the form's key, its sender and its address: see idempotency.py.
    """

    key = models.UUIDField(primary_key=True)
    location = models.TextField("where the answer sent the browser", blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = AnsweredRequestQuerySet.as_manager()

    def __str__(self):
        return str(self.key)
