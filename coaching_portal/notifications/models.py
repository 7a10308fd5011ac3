"""The outbox: each message that the portal owes somebody, and what became of it."""

import uuid

from django.conf import settings
from django.db import models


class OutgoingMessage(models.Model):
    """One message to one person: due at `due_at`, pointless after `not_after`.

    `subject_uuid` names what it is about and `occasion` which time round (a session's occasion
    includes its sequence, so that a moved session is announced again). Rendered when sent, not
    before, so that it can be asked whether it is still true.
    """

    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        SENDING = "SENDING", "Being sent"
        SENT = "SENT", "Sent"
        DROPPED = "DROPPED", "No longer true, not sent"
        DEAD = "DEAD", "Given up"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60)
    subject_uuid = models.UUIDField()
    occasion = models.CharField(max_length=80, blank=True)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="messages"
    )
    address = models.EmailField(
        help_text="Where it goes when the recipient cannot sign in.", blank=True
    )
    due_at = models.DateTimeField()
    not_after = models.DateTimeField(null=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_uuid", "occasion", "recipient", "address"],
                name="notifications_message_is_owed_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notifications_message_has_somewhere_to_go",
                condition=models.Q(recipient__isnull=False) | ~models.Q(address=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notifications_due",
                condition=models.Q(status__in=["WAITING", "SENDING"]),
            )
        ]

    def __str__(self):
        return f"{self.kind} to {self.recipient or self.address}"


class HeartbeatQuerySet(models.QuerySet):
    def beat(self, name, at):
        """Note that the job `name` ran at `at`."""
        self.update_or_create(name=name, defaults={"at": at})


class Heartbeat(models.Model):
    """When a repeated job last ran, so that a stopped worker or beat is noticed."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self):
        return self.name
