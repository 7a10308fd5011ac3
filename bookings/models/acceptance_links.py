"""The link by which somebody without an account accepts the agreement of one session."""

import hashlib
from datetime import datetime
from typing import Self

from django.db import models


def link_hash(token: str) -> str:
    """What is kept of the link. It is random and long, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class AcceptanceLinkQuerySet(models.QuerySet["AcceptanceLink"]):
    def of_link(self, token: str) -> Self:
        return self.filter(token_sha256=link_hash(token))

    def that_work(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at)


class AcceptanceLink(models.Model):
    """The newest link of a session; one that was used, or followed by another, is gone."""

    session = models.OneToOneField(
        "bookings.CoachingSession", models.CASCADE, related_name="acceptance_link"
    )
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()

    objects = AcceptanceLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Link to accept {self.session}"
