"""The waiting list of a cohort: who wants how many places, first come, first in line.

A place that comes free is offered to the first in line, for a limited time; while it is offered it
counts as taken.
"""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from profiles.models import User

HOUR = timedelta(hours=1)


def offer_expires_at(at: datetime, *, ends_at: datetime) -> datetime:
    """Until when a place offered at `at` is kept, where enrolment ends at `ends_at`.

    48 hours (a setting), but at most half of the time that is left, so that the next in line has a
    chance too; an hour is never halved.
    """
    left = ends_at - at
    longest = timedelta(hours=settings.WAITING_LIST_OFFER_HOURS)
    return at + min(longest, max(left / 2, min(left, HOUR)))


class WaitingListPlaceQuerySet(models.QuerySet["WaitingListPlace"]):
    def waiting(self) -> Self:
        return self.filter(status=WaitingListPlace.Status.WAITING)

    def in_line(self) -> Self:
        return self.order_by("created_at", "pk")

    def offers_first(self) -> Self:
        """Those with places offered, the first to expire first; then as people joined."""
        is_offered = models.When(offered__gt=0, then=models.F("offer_expires_at"))
        return self.order_by(models.Case(is_offered).asc(nulls_last=True), "created_at", "pk")

    def with_cohorts(self) -> Self:
        """With what pages show of their cohorts, in a fixed number of queries."""
        cohorts = apps.get_model("training.Cohort").objects.with_details()
        return self.select_related("organisation").prefetch_related(
            models.Prefetch("cohort", cohorts)
        )

    def visible_to(self, user: User | AnonymousUser) -> Self:
        return self.filter(user=user) if user.is_authenticated else self.none()


class WaitingListPlace(models.Model):
    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        ENROLLED = "ENROLLED", "Enrolled since"
        LEFT = "LEFT", "Left the list"
        DECLINED = "DECLINED", "Declined an offer"
        LAPSED = "LAPSED", "Did not answer an offer"
        CLOSED = "CLOSED", "The course began"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(
        "training.Cohort",
        models.PROTECT,
        related_name="waiting_list",
        verbose_name="course date",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="waiting_list_places"
    )
    organisation = models.ForeignKey(
        "profiles.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    places = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # Counted in the cohort's `taken` while they are offered: see actions.offers.
    offered = models.PositiveSmallIntegerField("places offered", default=0, db_default=0)
    offered_at = models.DateTimeField("last offered at", null=True, blank=True)
    offer_expires_at = models.DateTimeField("offered until", null=True, blank=True)
    fewest = models.PositiveSmallIntegerField(
        "fewest places to offer",
        default=1,
        db_default=1,
        help_text="More than one once an offer of only some of the places has been declined.",
    )

    objects = WaitingListPlaceQuerySet.as_manager()

    is_offered: bool  # on the page of one's learning

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "user"],
                name="training_one_is_in_a_line_once",
                condition=Q(status="WAITING"),
            ),
            models.CheckConstraint(
                name="training_waiting_is_for_at_least_one", condition=Q(places__gte=1)
            ),
            models.CheckConstraint(
                name="training_offer_is_of_places_waited_for_and_has_an_end",
                condition=Q(offered=0)
                | Q(
                    status="WAITING",
                    offered__lte=models.F("places"),
                    offered_at__isnull=False,
                    offer_expires_at__isnull=False,
                    offer_expires_at__gt=models.F("offered_at"),
                ),
            ),
        ]

    def __str__(self):
        return f"{self.user} waits for {self.places}"

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    @property
    def position(self) -> int | None:
        """1 for the first in line."""
        ids = [waiting.pk for waiting in self.cohort.line]
        return ids.index(self.pk) + 1 if self.pk in ids else None

    def has_offer(self, at: datetime) -> bool:
        """Whether places are offered that can still be accepted at `at`."""
        ends_at = self.offer_expires_at
        return bool(self.offered) and ends_at is not None and at < ends_at

    @property
    def is_part(self) -> bool:
        """Whether the offer is of fewer places than are wanted."""
        return 0 < self.offered < self.places

    def share_of(self, free: int) -> int:
        """How many of `free` places are for it, besides those that it is offered already."""
        wanted = self.places - self.offered
        return min(wanted, free) if free >= min(self.fewest, wanted) else 0
