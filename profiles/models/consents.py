"""What a user has consented to, in which words, and until when."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from profiles.models.users import User


class ConsentQuerySet(models.QuerySet["Consent"]):
    def open(self) -> Self:
        return self.filter(withdrawn_at=None)

    def end(self, at: datetime) -> int:
        """Withdraw those that are open; another server's clock may have been ahead."""
        return self.open().update(withdrawn_at=Greatest(Value(at), F("given_at")))


class Consent(models.Model):
    """UK GDPR, article 7(1): whoever relies on consent must be able to show it."""

    class Purpose(models.TextChoices):
        NEEDS = "NEEDS", "Keeping your accessibility needs, and showing them to your coaches"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose)
    words = models.TextField(help_text="What the page said, as it said it.")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "purpose"],
                condition=Q(withdrawn_at=None),
                name="profiles_consent_is_given_once",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__gte=F("given_at")),
                name="profiles_consent_is_given_before_it_is_withdrawn",
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}, {self.given_at:%Y-%m-%d}"
