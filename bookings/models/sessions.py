"""Coaching sessions: held, booked, and what became of them."""

import uuid
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.urls import reverse

from bookings.models import occupied_time
from bookings.models.session_queries import CoachingSessionQuerySet
from bookings.models.session_rules import SessionRules
from coaching_portal.personal_data.audit import tracked

# A session counts to a programme that is agreed, of the same coach and the same client.
OF_ITS_OWN_PROGRAMME = """
    IF NOT EXISTS (
        SELECT FROM bookings_programme
        WHERE id = NEW.programme_id AND coach_id = NEW.coach_id AND agreement_id IS NOT NULL
            AND (client_id = NEW.client_id OR NEW.client_id IS NULL)
    ) THEN
        RAISE EXCEPTION 'The programme of this session is another one, or it is not agreed.'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class TsTzRange(Func):
    """PostgreSQL's tstzrange(start, end): includes its start, not its end."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


@tracked(
    "status",
    "coach",
    "client",
    "programme",
    "organisation",
    "purchase_order",
    "starts_at",
    "ends_at",
    "price",
    "waived_at",
    "invoice_line",
)
class CoachingSession(SessionRules, models.Model):
    class Kind(models.TextChoices):
        INTRODUCTION = "INTRODUCTION", "Free introductory conversation"
        INDIVIDUAL = "INDIVIDUAL", "Individual coaching"
        TEAM = "TEAM", "Team coaching"

    class Location(models.TextChoices):
        VIDEO = "VIDEO", "Video call"
        TELEPHONE = "TELEPHONE", "Phone"
        PRACTICE = "PRACTICE", "At the practice"
        WORKPLACE = "WORKPLACE", "At your workplace"

    class Status(models.TextChoices):
        HELD = "HELD", "Held"
        BOOKED = "BOOKED", "Booked"
        COMPLETED = "COMPLETED", "Completed"
        CANCELLED = "CANCELLED", "Cancelled"
        CANCELLED_LATE = "CANCELLED_LATE", "Cancelled late"
        NO_SHOW = "NO_SHOW", "Did not attend"

    LIVE = (Status.HELD, Status.BOOKED, Status.COMPLETED)
    CHARGED = (Status.COMPLETED, Status.CANCELLED_LATE, Status.NO_SHOW)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INDIVIDUAL)
    status = models.CharField(max_length=14, choices=Status)
    coach = models.ForeignKey("profiles.Coach", models.PROTECT, related_name="sessions")
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="coaching_sessions",
        help_text="The person coached. Empty for a team, and until a visitor has booked.",
    )
    programme = models.ForeignKey(
        "bookings.Programme", models.PROTECT, null=True, blank=True, related_name="sessions"
    )
    organisation = models.ForeignKey(
        "profiles.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who pays, where it is not the client.",
    )
    purchase_order = models.CharField(max_length=50, blank=True)

    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # End and buffer, stored: PostgreSQL refuses arithmetic with time zones in a constraint.
    free_again_at = models.DateTimeField()
    held_at = models.DateTimeField(
        null=True, blank=True, help_text="When the time was held: the notice is judged then."
    )
    held_until = models.DateTimeField(null=True, blank=True)
    visitor_key = models.CharField(
        max_length=64, blank=True, help_text="Which browser holds the time: one hold per visitor."
    )

    location = models.CharField(
        max_length=10, choices=Location, default=Location.VIDEO, db_column="place"
    )
    location_details = models.CharField(max_length=300, blank=True, db_column="place_details")
    needs = models.TextField("accessibility needs", blank=True)

    rate = models.DecimalField("rate for an hour, £", max_digits=10, decimal_places=2)
    price = models.DecimalField("price, £", max_digits=10, decimal_places=2)
    cancellation_notice_hours = models.PositiveSmallIntegerField(default=48)
    agreement = models.ForeignKey(
        "bookings.Agreement", models.PROTECT, null=True, blank=True, related_name="sessions"
    )

    awaits_acceptance = models.BooleanField(
        default=False,
        db_default=False,
        help_text="The coach has booked it, and the client has not accepted the agreement yet.",
    )
    accepted_later_at = models.DateTimeField(
        null=True, blank=True, help_text="When the client accepted it, where the coach had booked."
    )

    sequence = models.PositiveIntegerField(
        default=0, help_text="iCalendar's SEQUENCE: goes up with each change told to calendars."
    )
    booked_at = models.DateTimeField(null=True, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the coach (or three days' silence) settled it."
    )
    waived_at = models.DateTimeField(null=True, blank=True)
    waived_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    waiver_reason = models.CharField(max_length=200, blank=True)
    invoice_line = models.OneToOneField(
        "billing.InvoiceLine", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CoachingSessionQuerySet.as_manager()

    to_credit: Decimal  # of rows that came from `with_amount_to_credit()`

    class Meta:
        triggers = [
            pgtrigger.Trigger(
                name="bookings_session_is_of_its_own_programme",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("programme_id", "client_id", "coach_id"),
                condition=pgtrigger.Q(new__programme__isnull=False),
                func=OF_ITS_OWN_PROGRAMME,
            ),
            occupied_time.written_for(["HELD", "BOOKED", "COMPLETED"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="bookings_session_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at"), ends_at__lte=F("free_again_at")),
            ),
            models.CheckConstraint(
                name="bookings_session_hold_has_an_end",
                condition=~Q(status="HELD") | Q(held_until__isnull=False),
            ),
            models.CheckConstraint(
                name="bookings_session_has_a_client_or_a_team",
                condition=Q(status="HELD") | Q(kind="TEAM") | Q(client__isnull=False),
            ),
            models.CheckConstraint(
                name="bookings_session_price_is_not_negative", condition=Q(price__gte=0)
            ),
            models.CheckConstraint(
                name="bookings_session_is_accepted_or_awaits_it",
                condition=Q(awaits_acceptance=False)
                | Q(agreement__isnull=True, programme__isnull=True, accepted_later_at__isnull=True),
            ),
            ExclusionConstraint(
                name="bookings_coach_is_in_one_place",
                expressions=[
                    (
                        TsTzRange("starts_at", "free_again_at", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                    ("coach", RangeOperators.EQUAL),
                ],
                condition=Q(status__in=["HELD", "BOOKED", "COMPLETED"]),
            ),
            ExclusionConstraint(
                name="bookings_client_is_in_one_place",
                expressions=[
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                    ("client", RangeOperators.EQUAL),
                ],
                condition=Q(status__in=["HELD", "BOOKED", "COMPLETED"]),
            ),
        ]
        indexes = [
            models.Index(fields=["coach", "starts_at"], name="bookings_session_coach_start"),
            models.Index(fields=["client", "starts_at"], name="bookings_session_client_start"),
            models.Index(
                fields=["client"],
                condition=Q(awaits_acceptance=True),
                name="bookings_session_to_accept",
            ),
            # There are only ever a few holds, and every booking asks for those in its way.
            models.Index(
                fields=["held_until"], condition=Q(status="HELD"), name="bookings_session_held"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self):
        return reverse("bookings:session", args=[self.uuid])


class SessionEvent(models.Model):
    """A session's history: booked, moved, made longer, cancelled and so on; by whom and when."""

    class What(models.TextChoices):
        BOOKED = "BOOKED", "Booked"
        MOVED = "MOVED", "Moved"
        LENGTH = "LENGTH", "Length changed"
        CANCELLED = "CANCELLED", "Cancelled"
        CONFIRMED = "CONFIRMED", "Confirmed"
        NO_SHOW = "NO_SHOW", "Marked as not attended"
        WAIVED = "WAIVED", "Charge waived"
        ACCEPTED = "ACCEPTED", "Agreement accepted"
        UNDONE = "UNDONE", "Undone"

    session = models.ForeignKey(CoachingSession, models.CASCADE, related_name="events")
    what = models.CharField(max_length=10, choices=What)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(null=True, help_text="The session's start after this event.")
    note = models.CharField(max_length=200, blank=True)
    # Of a change by the coach, which she may undo for ten seconds: what it has altered.
    before = models.JSONField(null=True, blank=True, editable=False)

    def __str__(self):
        return f"{self.get_what_display()} {self.at:%Y-%m-%d %H:%M}"


class AgendaItem(models.Model):
    """Something the client wants to talk about. Never in mail, admin, or a delegate's view."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    session = models.ForeignKey(CoachingSession, models.CASCADE, related_name="agenda")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return f"Agenda item of {self.session}"
