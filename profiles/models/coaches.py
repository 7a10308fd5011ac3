"""Coaches as the public reads them, and the people they coach."""

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from coaching_portal.common.money_fields import LARGEST_RATE, AmountField
from coaching_portal.personal_data.audit import tracked


class CoachQuerySet(models.QuerySet["Coach"]):
    def public(self) -> Self:
        return self.filter(is_public=True, user__is_active=True)

    def by_name(self) -> Self:
        return self.order_by("user__sort_name", "pk")

    def in_order(self) -> Self:
        """As the practice arranges its coaches, then by name."""
        return self.order_by("position", "user__sort_name", "pk")


@tracked("user", "slug", "is_public", "hourly_rate")
class Coach(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="coach")
    slug = models.SlugField(max_length=80, unique=True)
    is_public = models.BooleanField("has a public page", default=False)
    position = models.PositiveSmallIntegerField(
        default=100, help_text="Smaller comes first in lists."
    )
    time_zone = models.CharField(max_length=64, default="Europe/London")
    hourly_rate = AmountField(
        "rate for an hour, £",
        max_digits=10,
        decimal_places=2,
        default=Decimal("75.00"),
        largest=LARGEST_RATE,
    )
    headline = models.CharField(
        max_length=120, blank=True, help_text="What the coach is, in one line."
    )
    introduction = models.TextField(blank=True, help_text="About four lines, shown in lists too.")
    approach = models.TextField(blank=True, help_text="How the coach works. Empty lines part it.")
    teaches = models.TextField(blank=True, help_text="Courses and training, in words.")
    accreditation = models.CharField(max_length=200, blank=True)
    accredited_until = models.DateField(null=True, blank=True)
    coaching_hours = models.PositiveIntegerField("hours of coaching given", null=True, blank=True)

    objects = CoachQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "coaches"
        constraints = [
            models.CheckConstraint(
                name="profiles_coach_rate_is_not_negative",
                condition=models.Q(hourly_rate__gte=0),
            )
        ]

    def __str__(self):
        return str(self.user)

    def get_absolute_url(self):
        return reverse("coach", args=[self.slug])


@tracked("user", "coach")
class Client(models.Model):
    """That `user` is (or was) coached by `coach`: what the coach's list of clients shows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="client_of")
    coach = models.ForeignKey(Coach, models.PROTECT, related_name="clients")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "coach"], name="profiles_client_once_per_coach")
        ]

    def __str__(self):
        return str(self.user)
