"""Bookings of visitors who have not proved their email yet: what was chosen and typed.

Not tied to the hold: when the time has been given up, what was typed is still there.
"""

import hashlib
import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

MOST_GUESSES = 5


def link_hash(token: str) -> str:
    """What is kept of the link in the email. It is random and long, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class PendingBookingQuerySet(models.QuerySet["PendingBooking"]):
    def of_visitor(self, visitor_key: str) -> Self:
        """Those of one browser; none where it has no key."""
        return self.filter(visitor_key=visitor_key) if visitor_key else self.none()

    def of_link(self, token: str) -> Self:
        return self.filter(link_sha256=link_hash(token))

    def of_email(self, email: str) -> Self:
        return self.filter(email=email.lower())

    def of_a_link_that_works(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at)


class PendingBooking(models.Model):
    """What a visitor has chosen and typed, until the code or the link in the email is used."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="+")
    visitor_key = models.CharField(max_length=64)
    email = models.EmailField()
    selection = models.JSONField(help_text="What was chosen, as the address of a page says it.")
    answers = models.JSONField(help_text="What was typed, as the form sent it.")
    created_at = models.DateTimeField()
    # Of the newest code: an older one is worth nothing.
    code_hash = models.CharField(max_length=64, editable=False)
    link_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    guesses = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    objects = PendingBookingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["email"], name="bookings_pending_email")]

    def __str__(self) -> str:
        return f"Booking to be proved, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def name(self) -> str:
        return self.answers.get("name", "").strip()

    def set_code(self, *, code: str, token: str, expires_at: datetime) -> None:
        self.code_hash, self.link_sha256 = self._hash_of(code), link_hash(token)
        self.guesses, self.expires_at = 0, expires_at

    def is_code(self, code: str) -> bool:
        return constant_time_compare(self._hash_of(code), self.code_hash)

    def can_be_guessed(self, at: datetime) -> bool:
        """Whether the code still works: not for ever, and not for everyone who guesses."""
        return self.guesses < MOST_GUESSES and at < self.expires_at

    def _hash_of(self, code: str) -> str:
        # Six digits are soon tried: without our key and the row's own id nobody can.
        told: Any = f"{self.uuid} {code}"
        return salted_hmac("bookings.pending_bookings", told, algorithm="sha256").hexdigest()
