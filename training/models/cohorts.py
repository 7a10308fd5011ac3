"""Cohorts: the dated runs of a course, and the teaching sessions that they consist of."""

import itertools
import secrets
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Self

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Max, Min, Prefetch, Q
from django.urls import reverse
from django.utils.functional import cached_property

from coaching_portal.common import formatting
from coaching_portal.common.dates import london_date
from coaching_portal.personal_data.audit import tracked
from profiles.models import User
from training.dates import dates_in_words
from training.models.courses import Course
from training.models.waiting import WaitingListPlace

# Without letters and digits that are mistaken for one another when read aloud or copied.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code(course: Course) -> str:
    """CA-7F3K: the course's initials and four random letters that no cohort has yet."""
    while True:
        code = f"{course.initials}-{''.join(secrets.choice(CODE_LETTERS) for _ in range(4))}"
        if not Cohort.objects.filter(code=code).exists():
            return code


def unreserved_places(free: int, line: Iterable[WaitingListPlace]) -> int:
    """How many of the free places nobody in the line is first for.

    Someone who has declined an offer of so few lets the others pass.
    """
    for waiting in line:
        free -= waiting.share_of(free)
    return free


class CohortQuerySet(models.QuerySet["Cohort"]):
    def public(self) -> Self:
        """Those that anyone may read about."""
        return self.filter(course__is_published=True).exclude(status=Cohort.Status.DRAFT)

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Public ones, and any in which the user has or bought a place."""
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            (Q(course__is_published=True) & ~Q(status=Cohort.Status.DRAFT))
            | Q(pk__in=user.enrolments.live().values("cohort"))
            | Q(pk__in=user.course_bookings.values("cohort"))
        )

    def with_dates(self) -> Self:
        """Annotate when the first teaching session begins and the last one ends."""
        return self.annotate(
            begins_at=Min("teaching_sessions__starts_at"),
            finishes_at=Max("teaching_sessions__ends_at"),
        )

    def upcoming(self, at: datetime) -> Self:
        """Open, published and not begun at `at`, the next one first, ready to be listed."""
        return (
            self.public()
            .filter(status=Cohort.Status.OPEN)
            .with_dates()
            .filter(begins_at__gt=at)
            .with_details()
            .order_by("begins_at", "pk")
        )

    def to_credit(self) -> Self:
        """Cancelled ones of which an issued invoice still asks for something."""
        bookings = apps.get_model("training.CourseBooking").objects
        to_credit = bookings.in_cancelled_cohorts().to_credit()
        return self.filter(pk__in=to_credit.values("cohort"))

    def with_details(self) -> Self:
        """What a list of cohorts shows, in a fixed number of queries."""
        waiting = WaitingListPlace.objects.waiting().in_line()
        return self.select_related("course").prefetch_related(
            Prefetch("waiting_list", waiting, to_attr="line"),
            Prefetch("teaching_sessions", TeachingSession.objects.in_order(), to_attr="sessions"),
        )


@tracked("status", "capacity")
class Cohort(models.Model):
    class Status(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        OPEN = "OPEN", "Open for enrolment"
        CANCELLED = "CANCELLED", "Cancelled"
        FINISHED = "FINISHED", "Finished"

    class Setting(models.TextChoices):
        VENUE = "VENUE", "At a venue"
        ONLINE = "ONLINE", "Online"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey("training.Course", models.PROTECT, related_name="cohorts")
    code = models.CharField(
        max_length=12, unique=True, blank=True, help_text="Leave empty for a new one."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    capacity = models.PositiveSmallIntegerField("places")
    # Counted in the transaction that sells: see actions.enrolling.
    taken = models.PositiveSmallIntegerField("places taken", default=0, editable=False)
    enrolment_closes_at = models.DateTimeField(
        null=True, blank=True, help_text="Leave empty for the start of the first session."
    )
    setting = models.CharField(max_length=6, choices=Setting, default=Setting.VENUE)
    venue = models.CharField(max_length=120, blank=True)
    address = models.TextField(blank=True)
    room_url = models.URLField(
        "link of the online room", blank=True, help_text="Shown to learners only."
    )
    joining_instructions = models.TextField(blank=True)
    sequence = models.PositiveIntegerField(
        default=0, editable=False, help_text="How often dates or location have changed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = "course date"
        constraints = [
            models.CheckConstraint(
                name="training_cohort_has_no_more_learners_than_places",
                condition=Q(taken__gte=0, taken__lte=F("capacity")),
                violation_error_message="There cannot be fewer places than are taken.",
            )
        ]

    def __str__(self):
        return f"{self.course} {self.code}"

    def save(self, *args, **kwargs):
        self.code = self.code.upper() or new_code(self.course)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("training:cohort", args=[self.code])

    @cached_property
    def sessions(self) -> "list[TeachingSession]":
        """Its teaching sessions in order."""
        return list(self.teaching_sessions.in_order())

    @cached_property
    def begins_at(self) -> datetime | None:
        return self.sessions[0].starts_at if self.sessions else None

    @cached_property
    def finishes_at(self) -> datetime | None:
        return max((session.ends_at for session in self.sessions), default=None)

    @cached_property
    def line(self) -> list[WaitingListPlace]:
        """Who waits for a place, the first in line first."""
        return list(self.waiting_list.waiting().in_line())

    @property
    def closes_at(self) -> datetime | None:
        return self.enrolment_closes_at or self.begins_at

    @property
    def enrolment_ends_at(self) -> datetime:
        """When it closes, and never after the start; of a cohort that has one."""
        return min(filter(None, (self.closes_at, self.begins_at)))

    @property
    def is_online(self) -> bool:
        return self.setting == self.Setting.ONLINE

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def places_left(self) -> int:
        """Those that someone who is not in the line can have."""
        return unreserved_places(self.free, self.line)

    def places_left_for(self, user: User) -> int:
        """The same for someone who may be in the line: only those ahead of her come first.

        What she is offered is hers besides.
        """
        ahead = list(itertools.takewhile(lambda waiting: waiting.user_id != user.pk, self.line))
        return unreserved_places(self.free, ahead) + self.offered_to(user)

    def offered_to(self, user: User) -> int:
        """How many places are offered to the user, answered in time or not."""
        return sum(waiting.offered for waiting in self.line if waiting.user_id == user.pk)

    @property
    def offered(self) -> int:
        """How many of the places taken are offered to those who wait."""
        return sum(waiting.offered for waiting in self.line)

    @property
    def places_in_words(self) -> str:
        left = self.places_left
        if not left:
            return "Waiting list"
        return f"{formatting.count(left, 'place')} left"

    def has_begun(self, at: datetime) -> bool:
        return self.begins_at is not None and self.begins_at <= at

    def is_open(self, at: datetime) -> bool:
        """Whether anyone can enrol, or join the waiting list, at `at`."""
        is_offered = self.status == self.Status.OPEN and self.course.is_published
        return bool(is_offered and self.begins_at and at < self.enrolment_ends_at)

    @property
    def dates(self) -> list[date]:
        """The London dates on which there is teaching, in order."""
        return sorted({session.date for session in self.sessions})

    @property
    def starts_on(self) -> date | None:
        return self.dates[0] if self.dates else None

    @property
    def dates_in_words(self) -> str:
        return dates_in_words(self.dates) if self.dates else "Dates to be announced"

    @property
    def location(self) -> str:
        return "Online" if self.is_online else self.venue or "Venue to be announced"

    @property
    def full_location(self) -> str:
        """For emails and calendars: the venue with its address, on one line."""
        lines = [] if self.is_online else self.address.splitlines()
        return ", ".join([self.location, *filter(None, lines)])


class TeachingSessionQuerySet(models.QuerySet["TeachingSession"]):
    def in_order(self) -> Self:
        return self.order_by("starts_at", "pk")


class TeachingSession(models.Model):
    """A morning, an afternoon or a day of a cohort: what attendance is kept by."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(
        Cohort,
        models.CASCADE,
        related_name="teaching_sessions",
        verbose_name="course date",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = TeachingSessionQuerySet.as_manager()

    class Meta:
        verbose_name = "session"
        constraints = [
            models.CheckConstraint(
                name="training_teaching_session_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at")),
                violation_error_message="A session must end after it starts.",
            ),
            models.UniqueConstraint(
                fields=["cohort", "starts_at"], name="training_teaching_session_starts_once"
            ),
        ]

    def __str__(self):
        return formatting.when_range(self.starts_at, self.ends_at)

    @property
    def date(self):
        return london_date(self.starts_at)
