"""The outbox: each message to be sent, and what became of it."""

import uuid
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from coaching_portal.notifications.kinds import label_of


class OutgoingMessageQuerySet(models.QuerySet["OutgoingMessage"]):
    def due(self, at: datetime) -> Self:
        """Those to be sent now: waiting, or left behind by a worker whose lease has run out."""
        unpaid = self.filter(status__in=["WAITING", "SENDING"], due_at__lte=at)
        return unpaid.filter(Q(status="WAITING") | Q(lease_until__lte=at))

    def being_sent(self, message: "OutgoingMessage") -> Self:
        """The fence: this message, only while it is still in the hands of this attempt."""
        return self.filter(pk=message.pk, status="SENDING", attempts=message.attempts)


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
        DROPPED = "DROPPED", "Not sent: out of date"
        DEAD = "DEAD", "Given up"
        HELD = "HELD", "Paused: the address refuses emails"

    SETTLED = (Status.SENT, Status.DROPPED, Status.DEAD, Status.HELD)

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
    # Goes up with "send again", so that the repeat has a Message-ID of its own.
    repeats = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    # Encrypted while it waits; empty (not null) once it has been erased.
    secret = models.BinaryField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_uuid", "occasion", "recipient", "address"],
                name="notifications_message_is_owed_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="notifications_message_has_somewhere_to_go",
                condition=Q(recipient__isnull=False) | ~Q(address=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="notifications_due",
                condition=Q(status__in=["WAITING", "SENDING"]),
            ),
            models.Index(fields=["due_at"], name="notifications_held", condition=Q(status="HELD")),
        ]

    def __str__(self):
        return f"{label_of(self.kind)}, to {self.recipient or self.address}"

    @property
    def send_to(self) -> str:
        if self.address or self.recipient is None:
            return self.address
        return self.recipient.mail_address

    @property
    def name_in_mail(self):
        """What Message-ID and the kept file are called: the same for every attempt."""
        return f"{self.uuid}-{self.repeats}" if self.repeats else str(self.uuid)

    @property
    def is_settled(self):
        return self.status in self.SETTLED

    @property
    def can_be_sent_again(self):
        """Settled, and without a secret: an erased code cannot be sent a second time."""
        return self.is_settled and self.secret is None


class RefusedAddressQuerySet(models.QuerySet["RefusedAddress"]):
    def of(self, email: str) -> Self:
        return self.filter(email=email.lower())


class RefusedAddress(models.Model):
    """An address of which a mail server has said that it takes no mail, now or later."""

    email = models.EmailField("email address", unique=True)  # in small letters
    refused_at = models.DateTimeField("last refused at")
    reply = models.TextField("what its server said")

    objects = RefusedAddressQuerySet.as_manager()

    class Meta:
        verbose_name = "email address that refuses emails"
        verbose_name_plural = "email addresses that refuse emails"
        constraints = [
            models.CheckConstraint(
                name="notifications_refused_address_is_in_small_letters",
                condition=Q(email=Lower("email")),
            )
        ]

    def __str__(self):
        return self.email


class MessageEvent(models.Model):
    """What happened to a message: each attempt, and each time an admin asked for it again."""

    class What(models.TextChoices):
        SENT = "SENT", "Sent"
        FAILED = "FAILED", "Failed, will be tried again"
        DROPPED = "DROPPED", "Not sent"
        DEAD = "DEAD", "Given up"
        HELD = "HELD", "Paused, the address refuses emails"
        ASKED_AGAIN = "ASKED_AGAIN", "Asked for again"

    message = models.ForeignKey(OutgoingMessage, models.CASCADE, related_name="events")
    what = models.CharField(max_length=12, choices=What)
    at = models.DateTimeField()
    detail = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"


class MessagePreference(models.Model):
    """Whether a person has unsubscribed from a kind of message (where that is possible)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="message_preferences"
    )
    kind = models.CharField(max_length=60)
    declined = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"], name="notifications_preference_once_per_kind"
            )
        ]

    def __str__(self):
        return f"{self.kind} {'declined' if self.declined else 'wanted'} by {self.user}"


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str, at: datetime) -> None:
        """Note that the job `name` ran at `at`."""
        self.update_or_create(name=name, defaults={"at": at})


class Heartbeat(models.Model):
    """When a repeated job last ran, so that a stopped worker or beat is noticed."""

    name = models.CharField(max_length=60, primary_key=True)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self):
        return self.name
