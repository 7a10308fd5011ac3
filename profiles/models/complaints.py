"""Complaints about how personal data are used (Data Protection Act 2018, section 164A)."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from coaching_portal.common.dates import london_date, london_midnight
from coaching_portal.notifications.models import OutgoingMessage

# "Within the period of 30 days beginning when the complaint is received": that day is the first.
ACKNOWLEDGE_WITHIN = timedelta(days=29)
ACKNOWLEDGEMENT = "complaint-acknowledged"


class DataComplaintQuerySet(models.QuerySet["DataComplaint"]):
    def with_acknowledgement(self) -> Self:
        """Annotate `acknowledged`: when our mail was sent, or an admin recorded it."""
        mails = OutgoingMessage.objects.filter(
            kind=ACKNOWLEDGEMENT,
            subject_uuid=OuterRef("uuid"),
            status=OutgoingMessage.Status.SENT,
        )
        sent_at = Subquery(mails.order_by("settled_at").values("settled_at")[:1])
        return self.annotate(acknowledged=Coalesce("acknowledged_at", sent_at))

    def waiting(self) -> Self:
        """Those without an outcome sent."""
        return self.filter(answered_at__isnull=True)

    def overdue(self, at: datetime) -> Self:
        """Those that should have been acknowledged before today."""
        first_day = london_date(at) - ACKNOWLEDGE_WITHIN
        late = self.waiting().filter(received_at__lt=london_midnight(first_day))
        return late.with_acknowledgement().filter(acknowledged__isnull=True)


class DataComplaint(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=150)
    email = models.EmailField("email address")
    message = models.TextField("complaint")
    received_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(
        null=True, blank=True, help_text="If you acknowledged it in another way than by our email."
    )
    answered_at = models.DateTimeField("outcome sent at", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DataComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = "complaint about data protection"
        verbose_name_plural = "complaints about data protection"
        constraints = [
            models.CheckConstraint(
                name="profiles_complaint_is_answered_by_somebody",
                condition=Q(answered_at__isnull=True) | Q(answered_by__isnull=False),
            )
        ]

    # Of a row that `with_acknowledgement` has found.
    acknowledged: datetime | None

    def __str__(self):
        return f"{self.reference}, {self.name}"

    @property
    def reference(self) -> str:
        """What the complainant is given to quote: D-7F3A2B1C."""
        return f"D-{self.uuid.hex[:8].upper()}"

    @property
    def acknowledge_by(self) -> date:
        return london_date(self.received_at) + ACKNOWLEDGE_WITHIN

    @property
    def state(self) -> str:
        """In words, of a row that `with_acknowledgement` has found."""
        if self.answered_at:
            return "Answered"
        return "Acknowledged" if self.acknowledged else "Received"
