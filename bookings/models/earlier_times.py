"""The waiting list for earlier times: which days and hours would suit a client, what is offered.

An offered time is a hold of its own (`hold_key`), so that nobody else can take it meanwhile.
"""

import uuid
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core import signing
from django.db import models
from django.db.models import Q

from bookings.models.sessions import CoachingSession
from coaching_portal.common.dates import DAY, local_date
from profiles.models import User

if TYPE_CHECKING:
    from bookings.models.session_queries import CoachingSessionQuerySet

SIGNER = signing.Signer(salt="bookings.earlier_times")
MINUTE, MIDNIGHT = timedelta(minutes=1), time()
# Whoever is offered a time has at least so long to answer.
SHORTEST_OFFER = 15 * MINUTE
WEEKDAYS = [
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
]


def longest_offer() -> timedelta:
    return timedelta(minutes=settings.EARLIER_TIME_OFFER_MINUTES)


class EarlierTimeWishQuerySet(models.QuerySet["EarlierTimeWish"]):
    def visible_to(self, user: User) -> Self:
        """Those of the client, and the coach's own."""
        return self.filter(Q(client=user) | Q(coach__user_id=user.pk))

    def waiting(self) -> Self:
        return self.filter(status=self.model.Status.WAITING)

    def in_line(self) -> Self:
        """First come, first served."""
        return self.order_by("created_at", "pk")

    def with_details(self) -> Self:
        return self.select_related(
            "coach__user", "client", "session__coach", "session__programme__agreement"
        )


class EarlierTimeWish(models.Model):
    """What would suit a client: to move a session forward, or for a new one where there is none."""

    class Status(models.TextChoices):
        WAITING = "WAITING", "Waiting"
        ACCEPTED = "ACCEPTED", "Accepted a time"
        WITHDRAWN = "WITHDRAWN", "Withdrawn"
        OVER = "OVER", "Over"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    client = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="earlier_time_wishes"
    )
    coach = models.ForeignKey("profiles.Coach", models.PROTECT, related_name="+")
    session = models.ForeignKey(
        "bookings.CoachingSession", models.PROTECT, null=True, blank=True, related_name="+"
    )
    minutes = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=10, choices=CoachingSession.Location)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text="Monday is 0.")
    # Wall time in the coach's zone; until 00:00 is until the end of the day.
    from_time = models.TimeField()
    until_time = models.TimeField()
    first_on = models.DateField()
    last_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.WAITING)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    offered_start = models.DateTimeField(null=True, blank=True)
    offer_expires_at = models.DateTimeField(null=True, blank=True)
    passed_over = ArrayField(
        models.DateTimeField(), default=list, help_text="Starts declined, or not answered in time."
    )

    objects = EarlierTimeWishQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session"],
                condition=Q(status="WAITING"),
                name="bookings_session_waits_for_an_earlier_time_once",
            ),
            models.UniqueConstraint(
                fields=["client", "coach"],
                condition=Q(status="WAITING", session__isnull=True),
                name="bookings_client_waits_for_a_coach_once",
            ),
            models.CheckConstraint(
                condition=Q(first_on__lte=models.F("last_on")),
                name="bookings_wish_for_a_time_has_days",
            ),
            models.CheckConstraint(
                condition=Q(offered_start__isnull=True, offer_expires_at__isnull=True)
                | Q(
                    offered_start__isnull=False,
                    offer_expires_at__isnull=False,
                    offer_expires_at__lt=models.F("offered_start"),
                ),
                name="bookings_offered_time_has_an_end_before_it",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(status="WAITING"),
                name="bookings_wish_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"Wish for an earlier time, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_waiting(self) -> bool:
        return self.status == self.Status.WAITING

    @property
    def was_accepted(self) -> bool:
        return self.status == self.Status.ACCEPTED

    @property
    def hold_key(self) -> str:
        """What its hold is kept under, in place of a browser's key: nobody's browser has it."""
        return f"offer:{self.uuid}"

    @property
    def holds(self) -> "CoachingSessionQuerySet":
        held = CoachingSession.objects.filter(status=CoachingSession.Status.HELD)
        return held.filter(visitor_key=self.hold_key)

    @property
    def weekday_names(self) -> list[str]:
        return [name for number, name in WEEKDAYS if number in self.weekdays]

    @property
    def length(self) -> timedelta:
        return self.minutes * MINUTE

    def has_offer(self, at: datetime) -> bool:
        ends_at = self.offer_expires_at
        return self.is_waiting and ends_at is not None and at < ends_at

    def offer_is_late(self, at: datetime) -> bool:
        return self.offer_expires_at is not None and not self.has_offer(at)

    def is_over(self, at: datetime) -> bool:
        """Whether nothing can come of it: its days, or the session's notice, have passed."""
        session = self.session
        if session is not None and not session.can_be_moved(by=self.client, at=at):
            return True
        return not self.client.is_active or local_date(at, self.coach.time_zone) > self.last_on

    def suits(self, starts_at: datetime) -> bool:
        """Whether a session from then on lies wholly in the days and hours that were named."""
        zone = ZoneInfo(self.coach.time_zone)
        start, end = starts_at.astimezone(zone), (starts_at + self.length).astimezone(zone)
        if not self.first_on <= start.date() <= self.last_on:
            return False
        ends_on = start.date() if self.until_time != MIDNIGHT else start.date() + DAY
        hours_end = datetime.combine(ends_on, self.until_time)
        is_in_hours = self.from_time <= start.time() and end.replace(tzinfo=None) <= hours_end
        return start.weekday() in self.weekdays and is_in_hours

    def expiry_if_offered(
        self, starts_at: datetime, *, at: datetime, notice_minutes: int
    ) -> datetime | None:
        """Until when a time would be offered; None where that is too short to answer.

        Never past the coach's notice before it starts, nor past the moment until which the present
        session may be moved.
        """
        ends = [at + longest_offer(), starts_at - max(notice_minutes, 1) * MINUTE]
        if self.session is not None:
            ends.append(self.session.free_cancellation_until)
        return min(ends) if min(ends) - at >= SHORTEST_OFFER else None

    @property
    def token(self) -> str:
        """For the address in the email: who has it may answer this one offer."""
        start = self.offered_start.isoformat() if self.offered_start else ""
        return SIGNER.sign_object([str(self.uuid), start], compress=True)
