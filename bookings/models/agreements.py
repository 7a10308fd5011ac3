"""What client and coach agree to: the coach's text in versions, and each acceptance, frozen."""

import hashlib
import uuid
from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models


class AgreementTextQuerySet(models.QuerySet["AgreementText"]):
    def newest_first(self) -> Self:
        return self.order_by("-version")


class AgreementText(models.Model):
    """One version of a coach's agreement. A text that has been accepted is never edited."""

    class Form(models.TextChoices):
        SESSION = "SESSION", "Short form, for a single session"
        PROGRAMME = "PROGRAMME", "Programme"

    coach = models.ForeignKey("profiles.Coach", models.PROTECT, related_name="agreement_texts")
    form = models.CharField(max_length=10, choices=Form)
    version = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AgreementTextQuerySet.as_manager()

    class Meta:
        triggers = [
            # New words are a new version: what was accepted stays as it was read.
            pgtrigger.ReadOnly(
                name="bookings_agreement_text_is_kept", fields=["coach", "form", "version", "body"]
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["coach", "form", "version"], name="bookings_agreement_text_version_once"
            )
        ]

    def __str__(self):
        return f"{self.get_form_display()}, version {self.version}"

    @property
    def sha256(self):
        """What proves, later, which words were accepted."""
        return hashlib.sha256(self.body.encode()).hexdigest()

    def record_acceptance(self, *, terms, by, at, accepted_from, wishes_to_start_early):
        return Agreement.objects.create(
            text=self,
            sha256=self.sha256,
            terms=terms,
            accepted_by=by,
            accepted_at=at,
            accepted_from=accepted_from,
            wishes_to_start_early=wishes_to_start_early,
        )


class Agreement(models.Model):
    """An acceptance: which text, by whom, when, from which address, on which terms (a copy)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.ForeignKey(AgreementText, models.PROTECT, related_name="agreements")
    sha256 = models.CharField(max_length=64)
    terms = models.JSONField(default=dict)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agreements"
    )
    accepted_at = models.DateTimeField()
    accepted_from = models.GenericIPAddressField(null=True)
    # Consumer Contracts Regulations 2013, reg. 36: a service begun within the 14 days to cancel.
    wishes_to_start_early = models.BooleanField(default=False)

    class Meta:
        triggers = [
            pgtrigger.ReadOnly(
                name="bookings_agreement_is_kept",
                fields=["text", "sha256", "terms", "accepted_by", "accepted_at"],
            )
        ]

    def __str__(self):
        return f"{self.text} accepted by {self.accepted_by}"
