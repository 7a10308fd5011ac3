"""The terms on which places are sold, in versions; a booking keeps a copy of what it accepted."""

import hashlib
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

# From so many days before the first teaching day, cancelling costs this much of the price.
USUAL_SCHEDULE = [
    {"days": 42, "percent": 0},
    {"days": 21, "percent": 50},
    {"days": 0, "percent": 100},
]

FIRST_BODY = """\
A place is yours once you have pressed the button that enrols you. We send an invoice: to you, \
or to your organisation with its purchase order.

You may cancel a place. Up to 42 days before the first teaching day this costs nothing; from 41 \
to 21 days before, half the price; after that, the whole price. You may instead pass a place on \
to someone else, at no cost, until the course begins.

If you enrol yourself and pay for it yourself, you may also cancel within 14 days of enrolling, \
at no cost, as long as the course has not begun. Where it begins within those 14 days, enrolling \
asks us to start then.

If we cancel a course, you pay nothing. If we change its dates or location we email every learner.

We keep the names and email addresses of learners to run the course, and show them to nobody \
outside your organisation but the trainers."""


def _is_step(step):
    """Whether a fee can be worked out from it, and is no more than the price."""
    if not isinstance(step, dict) or step.keys() != {"days", "percent"}:
        return False
    return type(step["days"]) is type(step["percent"]) is int and (
        step["days"] >= 0 and 0 <= step["percent"] <= 100
    )


class EnrolmentTermsQuerySet(models.QuerySet["EnrolmentTerms"]):
    def newest_first(self) -> Self:
        return self.order_by("-version")


class EnrolmentTerms(models.Model):
    """One version. A version that has been accepted is never edited: a change is a new one."""

    version = models.PositiveSmallIntegerField(unique=True)
    body = models.TextField()
    schedule = models.JSONField(
        default=list,
        help_text="Which percentage of the price cancelling costs, from how many days before "
        "the first teaching day.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentTermsQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "enrolment terms"

    def __str__(self):
        return f"Version {self.version}"

    def clean(self):
        steps = self.schedule
        if not isinstance(steps, list) or not all(map(_is_step, steps)):
            words = (
                'Enter steps such as [{"days": 42, "percent": 0}], each with whole days and a '
                "percentage from 0 to 100."
            )
            raise ValidationError({"schedule": words})

    @classmethod
    def current(cls) -> Self:
        """The newest version; the first is made where nobody has written one yet."""
        newest = cls.objects.newest_first().first()
        if newest:
            return newest
        usual = {"body": FIRST_BODY, "schedule": USUAL_SCHEDULE}
        return cls.objects.get_or_create(version=1, defaults=usual)[0]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()
