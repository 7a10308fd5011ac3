"""Calendar feeds: secret addresses at which calendar programs read somebody's sessions."""

import hashlib
import uuid
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models

from coaching_portal.common.feed_sources import Shows
from coaching_portal.personal_data.audit import tracked

WRITTEN_EVERY = timedelta(hours=1)


def token_hash(token: str) -> str:
    """What is kept of a token. It is random and long, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def of(self, user: Any) -> Self:
        """The user's own, the oldest first."""
        return self.filter(user=user).order_by("pk")

    def of_token(self, token: str) -> "CalendarFeed | None":
        """The feed of that address, unless its person has gone."""
        found = self.filter(token_sha256=token_hash(token), user__is_active=True)
        return found.select_related("user__coach").first()


@tracked("user", "shows")
class CalendarFeed(models.Model):
    """A secret address. The address itself is not kept, only its hash; revoking deletes the row."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="calendar_feeds"
    )
    label = models.CharField(max_length=40)
    shows = models.CharField(max_length=8, choices=Shows, default=Shows.BUSY)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField()
    last_read_at = models.DateTimeField(
        null=True, blank=True, help_text="Written once an hour at most."
    )
    # What a reader was given last, and since when: Last-Modified.
    version = models.CharField(max_length=64, blank=True, default="", editable=False)
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bookings_feed_keeps_a_hash",
                condition=models.Q(("token_sha256__regex", r"^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(name="bookings_feed_has_a_label", condition=~models.Q(label="")),
        ]

    def __str__(self) -> str:
        return self.label

    def is_read_time_due(self, at: datetime) -> bool:
        """Whether to write down again when it was read."""
        return self.last_read_at is None or self.last_read_at <= at - WRITTEN_EVERY
