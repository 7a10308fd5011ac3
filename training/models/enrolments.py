"""What one customer buys (a course booking), and each learner's place in it (an enrolment)."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils.functional import cached_property

from coaching_portal.billing.amounts import NOTHING
from coaching_portal.common.dates import in_cooling_off_period
from coaching_portal.personal_data.audit import tracked
from profiles.models import Membership, Organisation, User
from training import fees
from training.models.cohorts import Cohort


class CourseBookingQuerySet(models.QuerySet["CourseBooking"]):
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own, and those of the organisations that one is the training contact of."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(organisation=None, booked_by=user)
            | Q(
                organisation__in=Organisation.objects.filter(
                    memberships__user=user, memberships__role=Membership.Role.TRAINING_CONTACT
                )
            )
        )

    def not_begun(self, at: datetime) -> Self:
        """With a live place on a cohort that begins after `at`, the next one first."""
        live = Enrolment.objects.live().filter(booking=OuterRef("pk"))
        begins_at = Min("cohort__teaching_sessions__starts_at")
        ahead = self.filter(Exists(live)).annotate(begins_at=begins_at).filter(begins_at__gt=at)
        return ahead.order_by("begins_at", "pk")

    def with_places_to_name(self) -> Self:
        """With a live place that is nobody's yet."""
        unnamed = Enrolment.objects.live().unnamed().filter(booking=OuterRef("pk"))
        return self.filter(Exists(unnamed))

    def unbilled(self) -> Self:
        return self.filter(invoice_line=None)

    def with_amount_to_credit(self) -> Self:
        """Each with `amount_to_credit`: what its line asks for, before VAT, beyond what is owed."""
        places = Enrolment.objects.filter(booking=OuterRef("pk")).order_by().values("booking")
        is_live = Q(status=Enrolment.Status.ENROLLED)
        owed = Sum(Case(When(is_live, then=F("booking__price")), default=F("fee")))
        credited = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        return self.annotate(
            amount_to_credit=F("invoice_line__net")
            - Coalesce(
                Subquery(credited.annotate(s=Sum("invoice_line__credits__net")).values("s")),
                NOTHING,
            )
            - Coalesce(Subquery(places.annotate(s=owed).values("s")), NOTHING)
        )

    def to_credit(self) -> Self:
        """On an issued invoice that asks for more than is owed by now."""
        on_invoice = self.filter(invoice_line__invoice__issued_at__isnull=False)
        return on_invoice.with_amount_to_credit().filter(amount_to_credit__gt=0)

    def with_cancelled_places_to_credit(self) -> Self:
        """The same, of courses that take place."""
        return self.exclude(cohort__status=Cohort.Status.CANCELLED).to_credit()

    def in_cancelled_cohorts(self) -> Self:
        return self.filter(cohort__status=Cohort.Status.CANCELLED)

    def with_details(self) -> Self:
        """What pages and charges show of them, in a fixed number of queries."""
        return self.select_related(
            "organisation", "booked_by", "terms", "invoice_line__invoice"
        ).prefetch_related(
            Prefetch("cohort", Cohort.objects.with_details()),
            Prefetch("enrolments", Enrolment.objects.in_order(), to_attr="places"),
        )


@tracked(
    "cohort", "booked_by", "organisation", "purchase_order", "price", "cancelled_at", "invoice_line"
)
class CourseBooking(models.Model):
    """One customer's places on one cohort: what becomes one line of one invoice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(
        "training.Cohort",
        models.PROTECT,
        related_name="bookings",
        verbose_name="course date",
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="course_bookings"
    )
    booked_at = models.DateTimeField()
    organisation = models.ForeignKey(
        "profiles.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="course_bookings",
        help_text="Who pays, where it is not the person who booked.",
    )
    purchase_order = models.CharField(max_length=50, blank=True)
    price = models.DecimalField("price for one place, £", max_digits=10, decimal_places=2)
    terms = models.ForeignKey("training.EnrolmentTerms", models.PROTECT, related_name="+")
    terms_sha256 = models.CharField(max_length=64)
    schedule = models.JSONField(help_text="What cancelling costs, as accepted.")
    accepted_from = models.GenericIPAddressField(null=True, blank=True)
    cancelled_at = models.DateTimeField(
        null=True, blank=True, help_text="When its last place was cancelled."
    )
    invoice_line = models.OneToOneField(
        "billing.InvoiceLine", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CourseBookingQuerySet.as_manager()

    amount_to_credit: Decimal  # of rows that came from `with_amount_to_credit()`

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="training_booking_price_is_not_negative", condition=Q(price__gte=0)
            )
        ]
        indexes = [models.Index(fields=["booked_by", "booked_at"], name="training_booked_by")]

    def __str__(self):
        return f"{self.cohort} for {self.customer}"

    def get_absolute_url(self):
        return reverse("training:booking", args=[self.uuid])

    @property
    def reference(self) -> str:
        return str(self.uuid)[:8].upper()

    @property
    def customer(self) -> Organisation | User:
        return self.organisation or self.booked_by

    @cached_property
    def places(self) -> "list[Enrolment]":
        """All its enrolments, those that ended included."""
        return list(self.enrolments.in_order())

    @property
    def live_places(self) -> "list[Enrolment]":
        return [place for place in self.places if place.is_live]

    @property
    def unnamed_places(self) -> "list[Enrolment]":
        return [place for place in self.live_places if not place.is_named]

    @property
    def number_of_places(self) -> int:
        return len(self.live_places)

    @property
    def number_to_name(self) -> int:
        return len(self.unnamed_places)

    @property
    def names_in_words(self) -> str:
        return ", ".join(place.name for place in self.live_places if place.is_named)

    @property
    def amounts(self) -> list[Decimal]:
        """What is owed for each place: its price, or the fee for cancelling it."""
        return [amount for amount in (place.owed(self.price) for place in self.places) if amount]

    @property
    def total(self) -> Decimal:
        return sum(self.amounts, start=NOTHING)

    def can_be_cancelled(self, at: datetime) -> bool:
        return bool(self.live_places) and not self.cohort.has_begun(at)

    def fee_if_cancelled(self, at: datetime) -> Decimal:
        """What cancelling one place at `at` costs, by the terms accepted at booking."""
        if self._is_within_the_14_days(at) or self.cohort.begins_at is None:
            return NOTHING
        return fees.cancellation_fee(
            self.schedule, self.price, begins_at=self.cohort.begins_at, cancelled_at=at
        )

    def _is_within_the_14_days(self, at: datetime) -> bool:
        # Consumer Contracts Regulations 2013: only those who bought for themselves.
        return self.organisation_id is None and in_cooling_off_period(at, agreed_at=self.booked_at)


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def live(self) -> Self:
        return self.filter(status=Enrolment.Status.ENROLLED)

    def unnamed(self) -> Self:
        return self.filter(email="")

    def of(self, user: User | AnonymousUser) -> Self:
        """The places that the user learns in."""
        return self.filter(learner=user)

    def upcoming(self, at: datetime) -> Self:
        """Live, and on a cohort that is not over at `at`, the next one first."""
        sessions = "cohort__teaching_sessions"
        dated = self.live().annotate(
            begins_at=Min(f"{sessions}__starts_at"), finishes_at=Max(f"{sessions}__ends_at")
        )
        return dated.filter(finishes_at__gt=at).order_by("begins_at", "pk")

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """One's own place, and those in bookings that one may see."""
        if not user.is_authenticated:
            return self.none()
        bookings = CourseBooking.objects.visible_to(user)
        return self.filter(Q(learner=user) | Q(booking__in=bookings))

    def manageable_by(self, user: User | AnonymousUser) -> Self:
        """Those that the user may name, pass on or cancel: the customer's side."""
        return self.filter(booking__in=CourseBooking.objects.visible_to(user))

    def in_order(self) -> Self:
        return self.order_by("pk")

    def with_cohorts(self) -> Self:
        """With what pages show of their cohorts, in a fixed number of queries."""
        return self.prefetch_related(Prefetch("cohort", Cohort.objects.with_details()))


@tracked("booking", "cohort", "status", "learner", "fee")
class Enrolment(models.Model):
    """One place: a learner's, or still to be named. What ended stays as a row."""

    class Status(models.TextChoices):
        ENROLLED = "ENROLLED", "Enrolled"
        CANCELLED = "CANCELLED", "Cancelled"
        SUBSTITUTED = "SUBSTITUTED", "Passed on"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    booking = models.ForeignKey(CourseBooking, models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(
        "training.Cohort",
        models.PROTECT,
        related_name="enrolments",
        verbose_name="course date",
    )
    status = models.CharField(max_length=11, choices=Status, default=Status.ENROLLED)
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        help_text="Empty until someone signs up with this email address.",
    )
    name = models.CharField(max_length=150, blank=True)
    email = models.EmailField("email address", blank=True)
    named_at = models.DateTimeField(null=True, blank=True)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    substitute_for = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="substitute"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    fee = models.DecimalField(
        "fee for cancelling, £", max_digits=10, decimal_places=2, default=NOTHING
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cohort", "learner"],
                name="training_learner_is_in_a_cohort_once",
                condition=Q(status="ENROLLED"),
            ),
            models.UniqueConstraint(
                "cohort",
                Lower("email"),
                name="training_address_is_in_a_cohort_once",
                condition=Q(status="ENROLLED") & ~Q(email=""),
            ),
            models.CheckConstraint(
                name="training_enrolment_is_named_with_an_address",
                condition=Q(name="", email="", learner=None) | (~Q(name="") & ~Q(email="")),
            ),
            models.CheckConstraint(
                name="training_enrolment_fee_is_not_negative", condition=Q(fee__gte=0)
            ),
        ]
        indexes = [models.Index(Lower("email"), name="training_enrolment_email")]

    def __str__(self):
        return self.name or "To be named"

    @property
    def is_live(self) -> bool:
        return self.status == self.Status.ENROLLED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def is_named(self) -> bool:
        return bool(self.email)

    def owed(self, price: Decimal) -> Decimal:
        """The price while it is somebody's; the fee once cancelled; nothing once passed on."""
        return price if self.is_live else self.fee

    def can_be_changed(self, at: datetime) -> bool:
        """Named, passed on or cancelled: until the course begins."""
        return self.is_live and not self.cohort.has_begun(at)
