"""Courses: what is taught. The dates on which one runs are its cohorts."""

import uuid
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from coaching_portal.common.money_fields import AmountField


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> Self:
        return self.filter(is_published=True)

    def by_title(self) -> Self:
        return self.order_by("title", "pk")


class Course(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    summary = models.CharField(max_length=300, help_text="One or two sentences, for lists.")
    for_whom = models.CharField(max_length=200, blank=True)
    outcomes = models.TextField(
        "learning outcomes", blank=True, help_text="One a line, after “You will be able to”."
    )
    syllabus = models.TextField(blank=True, help_text="One subject a line.")
    cpd_hours = models.DecimalField("CPD hours", max_digits=5, decimal_places=2, default=Decimal(0))
    accrediting_body = models.CharField(max_length=120, blank=True)
    trainers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="courses_taught"
    )
    price = AmountField("price for one place, £", max_digits=10, decimal_places=2)
    group_price = AmountField(
        "price for a whole group, £",
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="At the customer's workplace. Empty where it is not offered.",
    )
    is_published = models.BooleanField(default=False)

    objects = CourseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_course_prices_are_not_negative",
                condition=Q(price__gte=0) & (Q(group_price=None) | Q(group_price__gte=0)),
            ),
            models.CheckConstraint(
                name="training_course_cpd_hours_are_not_negative", condition=Q(cpd_hours__gte=0)
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("training:course", args=[self.slug])

    @property
    def initials(self):
        """CA for Clinical audit: how the codes of its cohorts begin."""
        letters = "".join(word[0] for word in self.title.split() if word[0].isascii())
        return "".join(filter(str.isalpha, letters))[:4].upper() or "C"

    @property
    def outcome_lines(self):
        return [line.strip() for line in self.outcomes.splitlines() if line.strip()]

    @property
    def syllabus_lines(self):
        return [line.strip() for line in self.syllabus.splitlines() if line.strip()]
