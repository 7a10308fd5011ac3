"""Rows that belong to no app: answers given to forms that must not act twice."""

from django.conf import settings
from django.db import models


class AnsweredRequest(models.Model):
    """A form's key and the answer given to it, so that the same form again gets the same answer."""

    key = models.UUIDField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)
    path = models.CharField(max_length=300)
    location = models.CharField("where the answer sent the browser", max_length=500, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return str(self.key)
