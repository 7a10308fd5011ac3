"""When a coach can be booked: her rules, weekly hours, and what departs from them.

Hours are wall time in the coach's zone; time off and busy time are instants.
"""

from datetime import date, datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from coaching_portal.common.date_fields import moments_within_reach, within_reach

# The codes of CoachingSession.Location, which cannot be imported here.
LOCATIONS = ["VIDEO", "TELEPHONE", "PRACTICE", "WORKPLACE"]


def usual_lengths():
    return [60, 75, 90, 105, 120]


def shift_locations():
    """Where a shift's sessions can be; empty: wherever the coach offers sessions."""
    return ArrayField(models.CharField(max_length=10), default=list, db_default=[], blank=True)


def names_known_locations(name):
    return models.CheckConstraint(name=name, condition=Q(locations__contained_by=LOCATIONS))


class DateOverrideQuerySet(models.QuerySet["DateOverride"]):
    def between(self, first: date, last: date) -> Self:
        """Those of the dates first to last, both included."""
        return self.filter(date__gte=first, date__lte=last)


class PeriodQuerySet(models.QuerySet):
    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class TimeOffQuerySet(PeriodQuerySet):
    def reaching(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that overlap, and those of every year, of which one may."""
        yearly = Q(recurrence=TimeOff.Recurrence.YEARLY, starts_at__lt=ends_at)
        return self.filter(yearly | Q(starts_at__lt=ends_at, ends_at__gt=starts_at))

    def not_over(self, at: datetime) -> Self:
        return self.filter(Q(ends_at__gt=at) | Q(recurrence=TimeOff.Recurrence.YEARLY))


class BookingRules(models.Model):
    """How one coach may be booked. Minutes are elapsed minutes; days are her local dates."""

    coach = models.OneToOneField("profiles.Coach", models.CASCADE, related_name="booking_rules")
    accepts_bookings = models.BooleanField(default=True)
    lengths = ArrayField(
        models.PositiveSmallIntegerField(),
        default=usual_lengths,
        help_text="Minutes of a session, 60 to 120.",
    )
    offers_introduction = models.BooleanField(
        "offers a free introductory conversation of 30 minutes", default=True
    )
    grid_minutes = models.PositiveSmallIntegerField("a start every (minutes)", default=30)
    minimum_notice_minutes = models.PositiveIntegerField("minimum notice (minutes)", default=1440)
    horizon_days = models.PositiveSmallIntegerField("can be booked ahead (days)", default=90)
    buffer_minutes = models.PositiveSmallIntegerField("buffer after a session (minutes)", default=0)
    most_sessions_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    most_minutes_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    most_sessions_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    most_minutes_a_week = models.PositiveSmallIntegerField(null=True, blank=True)
    cancellation_notice_hours = models.PositiveSmallIntegerField(default=48)
    opens_on_bank_holidays = models.BooleanField(default=False)
    offers_video = models.BooleanField(default=True)
    offers_telephone = models.BooleanField(default=True)
    offers_practice = models.BooleanField("offers sessions at the practice", default=False)
    offers_workplace = models.BooleanField(
        "offers sessions at the client's workplace", default=False
    )
    video_room_url = models.URLField("usual video link", blank=True)
    practice_directions = models.TextField(blank=True)

    class Meta:
        verbose_name_plural = "booking rules"
        constraints = [
            models.CheckConstraint(
                name="bookings_rules_grid_is_5_to_240_minutes",
                condition=Q(grid_minutes__gte=5, grid_minutes__lte=240),
            ),
            models.CheckConstraint(
                name="bookings_rules_horizon_is_1_to_730_days",
                condition=Q(horizon_days__gte=1, horizon_days__lte=730),
            ),
            models.CheckConstraint(
                name="bookings_rules_buffer_is_up_to_240_minutes",
                condition=Q(buffer_minutes__lte=240),
            ),
        ]

    def __str__(self):
        return f"Booking rules of {self.coach}"


class WeeklyHours(models.Model):
    """One shift in the coach's week, in her zone. `ends` 00:00 means the end of the day."""

    class Weekday(models.IntegerChoices):
        MONDAY, TUESDAY, WEDNESDAY = 0, 1, 2
        THURSDAY, FRIDAY, SATURDAY, SUNDAY = 3, 4, 5, 6

    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="weekly_hours")
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    starts = models.TimeField()
    ends = models.TimeField()
    locations = shift_locations()

    class Meta:
        verbose_name_plural = "weekly hours"
        constraints = [
            names_known_locations("bookings_weekly_hours_know_their_locations"),
            models.CheckConstraint(
                name="bookings_weekly_hours_start_before_they_end",
                condition=Q(starts__lt=F("ends")) | Q(ends="00:00"),
            ),
            models.UniqueConstraint(
                fields=["coach", "weekday", "starts"], name="bookings_weekly_hours_start_once"
            ),
        ]

    def __str__(self):
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}"


class DateOverride(models.Model):
    """Other hours on one date, a row for each shift; one row without hours closes the date."""

    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="date_overrides")
    date = models.DateField()
    starts = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)
    locations = shift_locations()

    objects = DateOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            names_known_locations("bookings_date_override_knows_its_locations"),
            models.CheckConstraint(
                name="bookings_date_override_starts_before_it_ends",
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False)
                & (Q(starts__lt=F("ends")) | Q(ends="00:00")),
            ),
            models.UniqueConstraint(
                fields=["coach", "date", "starts"],
                name="bookings_date_override_starts_once",
                nulls_distinct=False,
            ),
            within_reach("bookings_date_override_is_within_reach", "date"),
        ]

    def __str__(self):
        if self.starts is None:
            return f"{self.date} closed"
        return f"{self.date} {self.starts:%H:%M} to {self.ends:%H:%M}"


class TimeOff(models.Model):
    """A period without sessions; it beats hours and overrides. The reason is the coach's own.

    What recurs is kept as its first period; the others: `availability.recurring_time_off`.
    """

    class Recurrence(models.TextChoices):
        NONE = "", "Once"
        YEARLY = "YEARLY", "Every year"

    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="time_off")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=100, blank=True)
    recurrence = models.CharField(
        max_length=6, choices=Recurrence, default=Recurrence.NONE, db_default="", blank=True
    )

    objects = TimeOffQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "time off"
        constraints = [
            models.CheckConstraint(
                name="bookings_time_off_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at")),
            ),
            models.CheckConstraint(
                name="bookings_time_off_recurs_yearly_or_never",
                condition=Q(recurrence__in=["", "YEARLY"]),
            ),
            moments_within_reach("bookings_time_off_is_within_reach", "starts_at", "ends_at"),
        ]
        indexes = [models.Index(fields=["coach", "ends_at"], name="bookings_time_off_coach")]

    def __str__(self):
        return f"{self.starts_at} to {self.ends_at}"

    @property
    def is_yearly(self):
        return self.recurrence == self.Recurrence.YEARLY


class BusyTime(models.Model):
    """Something in a calendar of the coach's elsewhere; only that she is busy is known."""

    coach = models.ForeignKey("profiles.Coach", models.CASCADE, related_name="busy_times")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    source = models.CharField(max_length=100, blank=True)
    connection = models.ForeignKey(
        "bookings.CalendarConnection",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="busy_times",
        db_index=False,  # by an index of its own, built while people book
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="bookings_busy_time_starts_before_it_ends",
                condition=Q(starts_at__lt=F("ends_at")),
            )
        ]
        indexes = [
            models.Index(fields=["coach", "ends_at"], name="bookings_busy_time_coach"),
            models.Index(fields=["connection"], name="bookings_busy_time_connection"),
        ]

    def __str__(self):
        return f"{self.starts_at} to {self.ends_at}"
