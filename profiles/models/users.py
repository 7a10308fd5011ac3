"""People who can sign in. What they are (coach, client, …) are rows of their own."""

import unicodedata
import uuid
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from coaching_portal.personal_data.audit import tracked

# No mail ever leaves for this top-level domain (RFC 2606).
ERASED_ADDRESS = "@erased.invalid"
NO_ADDRESS = "@contact.invalid"


def sort_key(name: str) -> str:
    """A name as it sorts: without accents or case. The embedded database sorts by code point."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


class UserQuerySet(models.QuerySet["User"]):
    def by_name(self) -> Self:
        return self.order_by("sort_name", "pk")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


@tracked("is_active", "is_staff", "is_superuser", "sign_in_changed_at")
class User(AbstractBaseUser, PermissionsMixin):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField("email address")
    name = models.CharField("full name", max_length=150, blank=True)
    sort_name = models.CharField(max_length=300, editable=False, db_index=True)
    # Of a person whom a coach has entered (profiles/accounts/contacts.py): nobody signs in with it.
    unproved_email = models.EmailField(
        "email address as the coach gave it", blank=True, default="", db_default=""
    )
    phone = models.CharField("phone", max_length=40, blank=True)
    needs = models.TextField(
        "accessibility needs", blank=True, help_text="Kept with the person's consent only."
    )
    time_zone = models.CharField(max_length=64, default="Europe/London")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may use the admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    # For the audit trail, which keeps no address: when the office last changed it, or the rights.
    sign_in_changed_at = models.DateTimeField(
        "sign-in details changed by the office", null=True, blank=True, editable=False
    )

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="profiles_user_email_is_unique_in_any_case",
                violation_error_message="Someone already signs in with this email address.",
            )
        ]

    def __str__(self):
        return self.name or self.email

    def save(self, *args, **kwargs):
        self.email = self.email.lower()  # as django-allauth keeps and looks for addresses
        self.sort_name = sort_key(self.name or self.email)[:300]
        if "update_fields" in kwargs and "name" in (kwargs["update_fields"] or ()):
            kwargs["update_fields"] = {*kwargs["update_fields"], "sort_name"}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email

    @property
    def is_erased(self) -> bool:
        """Whether the person has gone, and only the row is left (profiles/actions/erasure.py)."""
        return self.email.endswith(ERASED_ADDRESS)

    @property
    def is_contact(self) -> bool:
        """Whether a coach has entered the person, who has not proved an email address yet."""
        return self.email.endswith(NO_ADDRESS)

    @property
    def mail_address(self) -> str:
        """Where emails go; empty where the person can only be phoned."""
        return self.unproved_email if self.is_contact else self.email

    @property
    def is_coach(self) -> bool:
        return hasattr(self, "coach")
