"""Programmes: a number of sessions agreed beforehand, and the date of a review."""

import functools
import operator
import uuid
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Self

import pgtrigger
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, Subquery, Sum, When
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from bookings.models.programme_rules import REVIEW_NOTICE_DAYS, ProgrammeRules
from coaching_portal.personal_data.audit import tracked
from profiles.models import Coach, DiaryDelegate, Membership, User

FROZEN_TERMS = (
    "rate",
    "minutes",
    "cancellation_notice_hours",
    "coach",
    "client",
    "text",
    "agreement",
)


def changes(fields: Iterable[str]) -> pgtrigger.Q:
    """A trigger's condition: an update that gives any of these fields another value."""
    each = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in fields)
    return functools.reduce(operator.or_, each)


def _number_of_each(sessions: models.QuerySet[Any, Any]) -> Coalesce:
    """How many of the sessions a programme has, in the query that reads the programme."""
    each = sessions.filter(programme=OuterRef("pk")).order_by().values("programme")
    return Coalesce(Subquery(each.annotate(n=Count("pk")).values("n")), 0)


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def visible_to(self, user: User) -> Self:
        """The client's and the coach's own."""
        return self.filter(Q(client=user) | Q(coach__user_id=user.pk))

    def bookable_by(self, user: User) -> Self:
        """Those whose sessions the user may book: for themselves, as assistant, or as the coach."""
        calendars = DiaryDelegate.objects.filter(user=user).values("client")
        of_client = Q(client=user) | Q(client__in=calendars)
        is_listed = Q(coach__in=Coach.objects.public())
        return self.filter((of_client & is_listed) | Q(coach__user_id=user.pk))

    def bookable(self) -> Self:
        return self.filter(status__in=self.model.BOOKABLE)

    def open(self) -> Self:
        """Proposed, running or paused."""
        return self.exclude(status__in=["DECLINED", "COMPLETED", "ENDED"])

    def due_for_notice(self, today: date) -> Self:
        """Running, and at most fourteen days before their review."""
        return self.review_due_by(today + timedelta(days=max(REVIEW_NOTICE_DAYS)))

    def review_due_by(self, day: date) -> Self:
        """Running, with a review on that day or before it."""
        return self.bookable().filter(review_on__lte=day)

    def proposed(self) -> Self:
        """Those that wait for the answer of a client or of a sponsor."""
        status = self.model.Status
        return self.filter(status__in=[status.PROPOSED, status.AWAITING_APPROVAL])

    def sponsored_by(self, user: User) -> Self:
        """Agreed and not over, paid by an organisation that the user is a sponsor of."""
        sponsors = Membership.objects.filter(user=user, role=Membership.Role.SPONSOR)
        agreed = self.open().filter(agreement__isnull=False)
        return agreed.filter(organisation__in=sponsors.values("organisation"))

    def totals_by_organisation(self) -> models.QuerySet[Any, Any]:
        """Numbers and dates only, an organisation a row: what one that pays may know."""
        reviews = apps.get_model("bookings.Review").objects.filter(programme=OuterRef("pk"))
        done = reviews.order_by().values("programme").annotate(n=Count("pk")).values("n")
        counted = self.with_sessions_used().with_sessions_booked()
        each = counted.annotate(reviewed=Coalesce(Subquery(done), 0))
        by_organisation = each.values("organisation__name").annotate(
            programmes=Count("pk"),
            agreed=Sum("sessions_agreed"),
            sessions_used_in_all=Sum(F("used") - F("booked")),
            sessions_booked_in_all=Sum("booked"),
            reviews_done=Sum("reviewed"),
            next_review_on=Min("review_on", filter=Q(status__in=self.model.BOOKABLE)),
        )
        return by_organisation.order_by("organisation__sort_name", "organisation")

    def to_answer_first(self) -> Self:
        """Those that the client has to answer, then by the date of the review."""
        is_proposed = When(status=self.model.Status.PROPOSED, then=0)
        return self.order_by(Case(is_proposed, default=1), "review_on", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-proposed_at", "-pk")

    def with_sessions_used(self) -> Self:
        """Each with `used`, counted in the same query."""
        sessions = apps.get_model("bookings.CoachingSession").objects
        return self.annotate(used=_number_of_each(sessions.counted_as_used()))

    def with_sessions_booked(self) -> Self:
        """Each with `booked`: those of its used sessions that the coach has not confirmed yet."""
        sessions = apps.get_model("bookings.CoachingSession").objects
        return self.annotate(booked=_number_of_each(sessions.filter(status="BOOKED")))

    def with_number_left(self) -> Self:
        """Each with `used` and `left`, which is never less than nothing."""
        left = Greatest(F("sessions_agreed") - F("used"), 0)
        return self.with_sessions_used().annotate(left=left)

    def with_sessions_left(self) -> Self:
        """Those of which a session can be booked now, each with `left`; the oldest first."""
        found = self.bookable().with_number_left()
        return found.filter(left__gt=0).select_related("organisation").order_by("proposed_at", "pk")

    def with_open_extension(self) -> Self:
        """Each with `has_open_extension`, in the same query."""
        extensions = apps.get_model("bookings.Extension").objects
        return self.annotate(
            has_open_extension=Exists(extensions.open().filter(programme=OuterRef("pk")))
        )

    def for_pages(self) -> Self:
        return self.select_related("coach__user", "client", "organisation", "text", "agreement")


@tracked(
    "status",
    "coach",
    "client",
    "sessions_agreed",
    "minutes",
    "rate",
    "cancellation_notice_hours",
    "review_on",
    "organisation",
    "purchase_order",
    "agreement",
)
class Programme(ProgrammeRules, models.Model):
    """Terms that a coach proposes and a client accepts; frozen once agreed."""

    class Status(models.TextChoices):
        PROPOSED = "PROPOSED", "Proposed"
        AWAITING_APPROVAL = "AWAITING_APPROVAL", "Awaiting the sponsor's approval"
        DECLINED = "DECLINED", "Declined"
        AGREED = "AGREED", "Agreed"
        IN_REVIEW = "IN_REVIEW", "In review"
        PAUSED = "PAUSED", "Paused"
        COMPLETED = "COMPLETED", "Completed"
        ENDED = "ENDED", "Ended early"

    BOOKABLE = (Status.AGREED, Status.IN_REVIEW)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    coach = models.ForeignKey("profiles.Coach", models.PROTECT, related_name="programmes")
    client = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="programmes")
    title = models.CharField(max_length=120, default="Individual coaching")
    status = models.CharField(max_length=17, choices=Status, default=Status.PROPOSED)
    sessions_agreed = models.PositiveSmallIntegerField("number of sessions")
    minutes = models.PositiveSmallIntegerField("length of a session (minutes)", default=60)
    rate = models.DecimalField("rate for an hour, £", max_digits=10, decimal_places=2)
    cancellation_notice_hours = models.PositiveSmallIntegerField(default=48)
    review_on = models.DateField("review date")
    review_set_on = models.DateField(
        editable=False, help_text="When the review date was last set: no notice is due before."
    )
    organisation = models.ForeignKey(
        "profiles.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    purchase_order = models.CharField(max_length=50, blank=True)
    text = models.ForeignKey("bookings.AgreementText", models.PROTECT, related_name="+")
    # Goes up when the coach changes a proposal, so that an old page cannot accept new terms.
    terms_version = models.PositiveSmallIntegerField(default=1)
    agreement = models.ForeignKey(
        "bookings.Agreement", models.PROTECT, null=True, blank=True, related_name="programmes"
    )
    proposed_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        triggers = [
            # Accepted terms are frozen for every caller: page, admin, shell or SQL.
            pgtrigger.Protect(
                name="bookings_programme_terms_are_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__agreement__isnull=False) & changes(FROZEN_TERMS),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="bookings_programme_has_sessions", condition=Q(sessions_agreed__gte=1)
            ),
            models.CheckConstraint(
                name="bookings_programme_rate_is_not_negative", condition=Q(rate__gte=0)
            ),
            models.CheckConstraint(
                name="bookings_programme_agreed_has_its_agreement",
                condition=Q(status__in=["PROPOSED", "AWAITING_APPROVAL", "DECLINED", "ENDED"])
                | Q(agreement__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("bookings:programme", args=[self.uuid])


class Review(models.Model):
    """What client and coach decided when they looked back: extend, pause, finish."""

    class Outcome(models.TextChoices):
        EXTEND = "EXTEND", "Extend"
        PAUSE = "PAUSE", "Pause"
        FINISH = "FINISH", "Finish"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="reviews")
    due_on = models.DateField()
    reviewed_at = models.DateTimeField(db_column="held_at")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome)
    sessions_added = models.PositiveSmallIntegerField(default=0)
    new_review_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bookings_review_extension_adds_sessions_and_a_date",
                condition=~Q(outcome="EXTEND")
                | Q(sessions_added__gte=1, new_review_on__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.get_outcome_display()}, {self.reviewed_at:%Y-%m-%d}"
