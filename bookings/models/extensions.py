"""Extensions of a programme: what the coach proposes at a review, and what the client answers."""

import uuid
from decimal import Decimal
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from bookings.models.programmes import Programme, changes
from coaching_portal.personal_data.audit import tracked
from profiles.models import User


class ExtensionQuerySet(models.QuerySet["Extension"]):
    def visible_to(self, user: User) -> Self:
        """The client's and the coach's own."""
        return self.filter(Q(programme__client=user) | Q(programme__coach__user_id=user.pk))

    def open(self) -> Self:
        """Those that wait for an answer: at most one of each programme."""
        return self.filter(status=self.model.Status.PROPOSED)

    def for_pages(self) -> Self:
        return self.select_related(
            "programme__coach__user", "programme__client", "programme__organisation", "agreement"
        )


@tracked("status", "programme", "sessions_added", "new_review_on", "agreement")
class Extension(models.Model):
    """More sessions and a later review. Nothing that was agreed changes until it is accepted."""

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        ACCEPTED = "ACCEPTED", "Accepted"
        DECLINED = "DECLINED", "Declined"
        REPLACED = "REPLACED", "Replaced"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="extensions")
    status = models.CharField(max_length=9, choices=Status, default=Status.PROPOSED)
    sessions_added = models.PositiveSmallIntegerField()
    new_review_on = models.DateField()
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    agreement = models.OneToOneField(
        "bookings.Agreement", models.PROTECT, null=True, blank=True, related_name="extension"
    )

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        triggers = [
            # What was proposed stays as it was read, and an answer is given once.
            pgtrigger.Protect(
                name="bookings_extension_is_answered_once",
                operation=pgtrigger.Update,
                condition=changes(("programme", "sessions_added", "new_review_on"))
                | (~pgtrigger.Q(old__status="PROPOSED") & changes(("status", "agreement"))),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="bookings_extension_adds_sessions", condition=Q(sessions_added__gte=1)
            ),
            models.CheckConstraint(
                name="bookings_extension_accepted_has_its_agreement",
                condition=~Q(status="ACCEPTED") | Q(agreement__isnull=False),
            ),
            models.UniqueConstraint(
                name="bookings_programme_has_one_open_extension",
                fields=["programme"],
                condition=Q(status="PROPOSED"),
            ),
        ]

    def __str__(self):
        return f"Extension of {self.programme}, {self.proposed_at:%Y-%m-%d}"

    def get_absolute_url(self):
        return reverse("bookings:extension", args=[self.uuid])

    @property
    def can_be_answered(self) -> bool:
        return self.status == self.Status.PROPOSED and self.programme.can_be_reviewed

    @property
    def is_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def is_replaced(self) -> bool:
        return self.status == self.Status.REPLACED

    @property
    def sessions_after(self) -> int:
        """How many sessions are agreed once it is accepted."""
        return self.programme.sessions_agreed + self.sessions_added

    @property
    def price_added(self) -> Decimal:
        return self.programme.price_of_a_session * self.sessions_added

    def terms(self) -> dict[str, Any]:
        """What is frozen on acceptance, as plain values."""
        return self.programme.terms() | {
            "programme": str(self.programme.uuid),
            "sessions": self.sessions_after,
            "sessions_added": self.sessions_added,
            "review_on": self.new_review_on.isoformat(),
        }
