"""The waiting list of a cohort: who wants how many places, first come, first in line."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q


class WaitingListPlaceQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(status=WaitingListPlace.Status.WAITING)

    def in_line(self):
        return self.order_by("created_at", "pk")

    def visible_to(self, user):
        return self.filter(user=user) if user.is_authenticated else self.none()


class WaitingListPlace(models.Model):
    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        ENROLLED = "ENROLLED", "Enrolled since"
        LEFT = "LEFT", "Left the list"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="waiting_list")
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

    objects = WaitingListPlaceQuerySet.as_manager()

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
        ]

    def __str__(self):
        return f"{self.user} waits for {self.places}"

    @property
    def is_waiting(self):
        return self.status == self.Status.WAITING

    @property
    def position(self):
        """1 for the first in line."""
        ids = [waiting.pk for waiting in self.cohort.line]
        return ids.index(self.pk) + 1 if self.pk in ids else None

    def can_enrol(self, at):
        """Whether its turn has come: places are free and nobody ahead wants them."""
        left = self.cohort.places_left_for(self.user)
        return self.is_waiting and self.cohort.is_open(at) and left >= self.places
