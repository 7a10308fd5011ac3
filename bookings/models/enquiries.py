"""What visitors ask: coaching for a team, or anything else, to be answered by a person."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q


class EnquiryQuerySet(models.QuerySet["Enquiry"]):
    def waiting(self) -> Self:
        """Those that nobody has answered yet."""
        return self.filter(answered_at__isnull=True)


class Enquiry(models.Model):
    class Subject(models.TextChoices):
        TEAM = "TEAM", "Coaching for a team"
        MESSAGE = "MESSAGE", "A message"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=10, choices=Subject, default=Subject.MESSAGE)
    name = models.CharField(max_length=150)
    email = models.EmailField("email address")
    phone = models.CharField("phone", max_length=40, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    people = models.PositiveSmallIntegerField("how many people", null=True, blank=True)
    message = models.TextField()
    arrangements = models.TextField("when and where", blank=True)
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "enquiries"
        constraints = [
            models.CheckConstraint(
                name="bookings_enquiry_team_has_people",
                condition=~Q(subject="TEAM") | Q(people__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.reference}, {self.name}"

    @property
    def reference(self):
        """What the enquirer is given to quote: E-7F3A2B1C."""
        return f"E-{self.uuid.hex[:8].upper()}"
