"""Organisations, who belongs to them, and who keeps a client's calendar."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models

from coaching_portal.personal_data.audit import tracked
from profiles import purchase_orders
from profiles.models.users import User, sort_key


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def by_name(self) -> Self:
        return self.order_by("sort_name", "pk")

    def of(self, user: User) -> Self:
        """Those that the user belongs to, in any role."""
        return self.filter(memberships__user=user).distinct()

    def with_pattern_to_enter_anew(self) -> Self:
        """Whose purchase order numbers had a form that could not be turned into a mask."""
        return self.filter(purchase_order_mask="").exclude(purchase_order_pattern="")


@tracked(
    "name",
    "address",
    "payables_email",
    "payment_terms_days",
    "requires_purchase_order",
    "purchase_order_pattern",
    "purchase_order_mask",
    "is_checked",
)
class Organisation(models.Model):
    """A customer that is not a person: an NHS trust, a practice, a company."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    sort_name = models.CharField(max_length=400, editable=False, db_index=True)
    address = models.TextField(blank=True)
    payables_email = models.EmailField(
        "accounts payable email", blank=True, help_text="Invoices go here."
    )
    payment_terms_days = models.PositiveSmallIntegerField(default=30)
    requires_purchase_order = models.BooleanField(default=False)
    # Before masks: regular expressions. Only those are read that still wait for the office.
    purchase_order_pattern = models.CharField(
        "old form of purchase orders",
        max_length=100,
        blank=True,
        help_text="No longer used. Enter an example and a mask instead, or clear it.",
    )
    purchase_order_example = models.CharField(
        max_length=50,
        blank=True,
        default="",
        db_default="",
        help_text="A number as this organisation writes it, such as CT123456.",
    )
    purchase_order_mask = models.CharField(
        max_length=50, blank=True, default="", db_default="", help_text=purchase_orders.HOW
    )
    purchase_order_hint = models.CharField(
        max_length=100, blank=True, help_text="The same in words: “CT and six digits”."
    )
    is_checked = models.BooleanField(
        default=True,
        help_text="Untick for one that a client named and the practice has not checked yet.",
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="profiles_organisation_has_a_name", condition=~models.Q(name="")
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.sort_name = sort_key(self.name)
        super().save(*args, **kwargs)

    def problem_with_purchase_order(self, number: str) -> str:
        """How to correct the number, in words; empty where it is accepted."""
        if not number:
            missing = f"Enter the purchase order number: {self} requires one."
            return missing if self.requires_purchase_order else ""
        if purchase_orders.fits(self.purchase_order_mask, number):
            return ""
        form = (
            self.purchase_order_hint
            or self.purchase_order_example
            or "as your finance department writes it"
        )
        return f"Enter the purchase order number in the form that {self} uses: {form}."


@tracked("user", "organisation", "role")
class Membership(models.Model):
    """A person's part in an organisation; one person may have several."""

    class Role(models.TextChoices):
        MEMBER = "MEMBER", "Member of staff"
        TRAINING_CONTACT = "TRAINING_CONTACT", "Training contact"
        SPONSOR = "SPONSOR", "Sponsor of coaching"
        FINANCE = "FINANCE", "Accounts payable"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role, default=Role.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"], name="profiles_membership_once_per_role"
            )
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}, {self.organisation}"


@tracked("user", "client")
class DiaryDelegate(models.Model):
    """An assistant: books, moves and cancels for `client`; sees times and locations only."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="diaries_kept")
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="diary_delegates"
    )

    class Meta:
        verbose_name = "assistant"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "client"], name="profiles_diary_delegate_once_per_client"
            ),
            models.CheckConstraint(
                name="profiles_diary_delegate_is_somebody_else",
                condition=~models.Q(user=models.F("client")),
            ),
        ]

    def __str__(self):
        return f"{self.user} for {self.client}"
