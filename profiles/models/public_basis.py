"""On what basis a text about a leader is public: the leader's approval of just this text, or the
public sources that it retells. A text that has changed since it was approved needs approval again.
"""

import hashlib
import json

from django.db import models
from django.db.models import Q


def version_of(texts: list) -> str:
    """The SHA-256 of texts in their order: what was approved, without keeping it twice."""
    return hashlib.sha256(json.dumps(texts, ensure_ascii=False).encode()).hexdigest()


class PublicBasis(models.Model):
    """`version()` names the text as it is; a subclass says when it is public, and how it ends."""

    approved_on = models.DateField(
        null=True, blank=True, help_text="When the leader approved this text."
    )
    approved_version = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_default="",
        editable=False,
        help_text="Its SHA-256.",
    )
    public_sources = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Where the leader has not approved it: the public sources that it retells, "
        "one a line. The page names them.",
    )

    class Meta:
        abstract = True

    def version(self) -> str:
        raise NotImplementedError

    @property
    def is_approved(self) -> bool:
        """Whether the leader approved the text as it is now."""
        return self.approved_on is not None and self.approved_version == self.version()

    @property
    def has_basis(self) -> bool:
        return bool(self.public_sources.strip()) or self.is_approved

    @property
    def sources(self) -> list[str]:
        return [line.strip() for line in self.public_sources.splitlines() if line.strip()]


def basis_constraint(name: str, *, public: Q) -> models.CheckConstraint:
    """What is public was approved, or names its sources."""
    approved = Q(approved_on__isnull=False) & ~Q(approved_version="")
    return models.CheckConstraint(name=name, condition=~public | ~Q(public_sources="") | approved)
