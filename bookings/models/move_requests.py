"""What a client asks of the coach once the cancellation notice has begun: another time."""

import uuid
from datetime import datetime
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from bookings.models.programmes import changes
from bookings.models.sessions import CoachingSession
from coaching_portal.personal_data.audit import tracked
from profiles.models import User


class MoveRequestQuerySet(models.QuerySet["MoveRequest"]):
    def open(self, at: datetime) -> Self:
        """Those that wait for an answer, the session that starts first before the others.

        Once its session has started, a request has lapsed by itself.
        """
        booked = CoachingSession.Status.BOOKED
        waiting = self.filter(status=self.model.Status.OPEN)
        return waiting.filter(session__status=booked, session__starts_at__gt=at).order_by(
            "session__starts_at", "pk"
        )

    def visible_to(self, user: User) -> Self:
        """Those about sessions that the user sees."""
        return self.filter(session__in=CoachingSession.objects.visible_to(user))

    def of_coach(self, user: User) -> Self:
        """Those that the user answers."""
        return self.filter(session__coach__user=user)

    def lapse(self, at: datetime) -> None:
        """The session is no longer what it was when this was asked."""
        status = self.model.Status
        self.filter(status=status.OPEN).update(status=status.LAPSED, answered_at=at)

    def for_pages(self) -> Self:
        return self.select_related("session__coach__user", "session__client", "requested_by")


@tracked("status", "session", "starts_at")
class MoveRequest(models.Model):
    """Nothing moves until the coach accepts, and the time asked for is not kept meanwhile."""

    class Status(models.TextChoices):
        OPEN = "OPEN", "Waiting for an answer"
        ACCEPTED = "ACCEPTED", "Accepted"
        DECLINED = "DECLINED", "Declined"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        LAPSED = "LAPSED", "Lapsed"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(CoachingSession, models.PROTECT, related_name="move_requests")
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    starts_at = models.DateTimeField("time asked for")
    reason = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = MoveRequestQuerySet.as_manager()

    class Meta:
        triggers = [
            # What was asked for stays as it was read, and an answer is given once.
            pgtrigger.Protect(
                name="bookings_move_request_is_answered_once",
                operation=pgtrigger.Update,
                condition=changes(("session", "starts_at", "requested_by"))
                | (~pgtrigger.Q(old__status="OPEN") & changes(("status",))),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="bookings_session_has_one_open_move_request",
                fields=["session"],
                condition=Q(status="OPEN"),
            ),
            models.CheckConstraint(
                name="bookings_move_request_is_open_until_answered",
                condition=Q(status="OPEN", answered_at__isnull=True)
                | ~Q(status="OPEN") & Q(answered_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"Request to move to {self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        return self.status == self.Status.OPEN

    @property
    def is_declined(self) -> bool:
        return self.status == self.Status.DECLINED
