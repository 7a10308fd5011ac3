"""Invitations to be a client's assistant: by email, accepted with a button."""

import hashlib
import uuid
from datetime import datetime
from typing import Self

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from profiles.models.users import User


def token_hash(token: str) -> str:
    """What is kept of the link in the email. It is random and long, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class AssistantInvitationQuerySet(models.QuerySet["AssistantInvitation"]):
    def waiting(self, at: datetime) -> Self:
        """Those that can be accepted."""
        return self.filter(accepted_at=None, ended_at=None, expires_at__gt=at)

    def of_link(self, token: str) -> Self:
        return self.filter(token_sha256=token_hash(token))

    def sent_to(self, user: User) -> Self:
        """Those to the user's email, once that is verified: anyone can sign up with any email."""
        own = EmailAddress.objects.filter(user=user, email=user.email, verified=True)
        return self.filter(models.Exists(own), email=user.email, client__is_active=True)

    def about(self, user: User) -> Self:
        """All that name the user, as the client or as the assistant."""
        return self.filter(Q(client=user) | Q(assistant=user) | Q(email=user.email))


class AssistantInvitation(models.Model):
    """A client's invitation. While it is in force, once accepted, there is a `DiaryDelegate`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assistant_invitations"
    )
    name = models.CharField(max_length=150)
    email = models.EmailField()
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    invited_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    assistant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Withdrawn, declined, or ended by either.
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssistantInvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client", "email"],
                condition=Q(accepted_at=None, ended_at=None),
                name="profiles_assistant_is_invited_once",
            ),
            models.CheckConstraint(
                name="profiles_invitation_email_is_lower_case", condition=Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="profiles_invitation_keeps_a_hash",
                condition=Q(("token_sha256__regex", r"^[0-9a-f]{64}$")),
            ),
            models.CheckConstraint(
                name="profiles_invitation_is_accepted_by_somebody",
                condition=Q(accepted_at=None, assistant=None)
                | Q(accepted_at__isnull=False, assistant__isnull=False),
            ),
            models.CheckConstraint(
                name="profiles_invitation_is_accepted_in_time",
                condition=Q(accepted_at=None) | Q(accepted_at__lt=F("expires_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} for {self.client}"

    def is_waiting(self, at: datetime) -> bool:
        return self.accepted_at is None and self.ended_at is None and at < self.expires_at
