"""Calendars of a coach elsewhere: what connects to them, and the sessions written there."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from bookings.models.sessions import CoachingSession
from coaching_portal.common.date_fields import moments_within_reach
from coaching_portal.common.feed_sources import Shows
from coaching_portal.personal_data.audit import tracked
from profiles.models import Coach

EVERY = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
# A server that does not answer for an hour is not worth a word: it may be asleep.
WORTH_SAYING_AFTER = timedelta(hours=1)


class CalendarConnectionQuerySet(models.QuerySet["CalendarConnection"]):
    def of(self, coach: Coach) -> Self:
        """The coach's own, the oldest first."""
        return self.filter(coach=coach).order_by("pk")

    def due(self, at: datetime) -> Self:
        """Those to ask now, the longest overdue first; not of a coach who has gone."""
        due = self.filter(next_sync_at__lte=at, coach__user__is_active=True)
        return due.order_by("next_sync_at", "pk")


@tracked("coach", "kind", "shows")
class CalendarConnection(models.Model):
    """One account or one address. Its address and password are kept encrypted only."""

    class Kind(models.TextChoices):
        CALDAV = "CALDAV", "iCloud, Fastmail, Nextcloud or other CalDAV"
        ICS = "ICS", "A secret address (ICS), read only"

    class Problem(models.TextChoices):
        PASSWORD = "PASSWORD", "The password no longer works"
        GONE = "GONE", "The address no longer works"
        UNREACHABLE = "UNREACHABLE", "The calendar does not answer"
        UNREADABLE = "UNREADABLE", "We find no calendar there"
        UNSAFE = "UNSAFE", "The address is not on the public internet"
        TOO_LARGE = "TOO_LARGE", "The calendar is too large"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    coach = models.ForeignKey(Coach, models.CASCADE, related_name="calendar_connections")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CALDAV)
    label = models.CharField(max_length=40)
    secret = models.BinaryField()
    shows = models.CharField(max_length=8, choices=Shows, default=Shows.INITIALS)
    created_at = models.DateTimeField()
    next_sync_at = models.DateTimeField(db_index=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=12, choices=Problem, blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)

    objects = CalendarConnectionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="bookings_connection_has_a_label", condition=~Q(label="")),
            models.CheckConstraint(
                name="bookings_connection_fails_for_a_reason",
                condition=Q(problem="", failing_since=None)
                | ~Q(problem="") & Q(failing_since__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_caldav(self) -> bool:
        return self.kind == self.Kind.CALDAV

    def is_worth_saying(self, at: datetime) -> bool:
        """Whether the coach has something to do: a lost server may come back by itself."""
        if not self.problem or self.failing_since is None:
            return False
        waits = self.problem == self.Problem.UNREACHABLE and self.synced_at is not None
        return not waits or at - self.failing_since >= WORTH_SAYING_AFTER

    def wait_after_failure(self) -> timedelta:
        """Twice as long after each failure, six hours at most."""
        return min(EVERY * 2 ** min(self.failures, 10), LONGEST_WAIT)


class ConnectedCalendar(models.Model):
    """One calendar of a connection: whether it blocks, and whether sessions are written to it."""

    connection = models.ForeignKey(CalendarConnection, models.CASCADE, related_name="calendars")
    url = models.CharField(max_length=2000, blank=True)
    name = models.CharField(max_length=80)
    can_write = models.BooleanField(default=False)
    blocks = models.BooleanField(default=True)
    gets_sessions = models.BooleanField(default=False)
    # What was read last: the same version, over the same days, is not read again.
    version = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "url"], name="bookings_calendar_is_connected_once"
            ),
            models.UniqueConstraint(
                fields=["connection"],
                condition=Q(gets_sessions=True),
                name="bookings_one_calendar_gets_sessions",
            ),
            models.CheckConstraint(
                name="bookings_calendar_can_get_sessions",
                condition=Q(gets_sessions=False) | Q(can_write=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CalendarEntryQuerySet(models.QuerySet["CalendarEntry"]):
    def questions(self) -> Self:
        """Those changed or deleted in the calendar, of which the coach has not said what next."""
        return self.exclude(question="").order_by("asked_at", "pk")

    def reply_about(self, session: CoachingSession) -> str:
        """What its client has answered in a calendar of its coach; empty where nothing."""
        of_coach = self.filter(session=session, calendar__connection__coach=session.coach_id)
        replies = of_coach.exclude(reply="").order_by("-pk")
        return replies.values_list("reply", flat=True).first() or ""

    def ahead(self, coach: Coach, at: datetime) -> Self:
        """In calendars of this coach, of sessions that are booked and have not begun."""
        theirs = self.filter(calendar__connection__coach=coach)
        booked = CoachingSession.Status.BOOKED
        return theirs.filter(session__status=booked, session__starts_at__gt=at)

    def to_answer(self, coach: Coach, at: datetime) -> Self:
        """What a coach can still answer."""
        return self.ahead(coach, at).questions()

    def to_look_at(self, coach: Coach, at: datetime) -> Self:
        """The same, and after them what clients have declined: a coach asks these what to do."""
        declined = Q(reply=CalendarEntry.Reply.DECLINED)
        rows = self.ahead(coach, at).filter(~Q(question="") | declined)
        return rows.order_by(F("asked_at").asc(nulls_last=True), "pk")


class CalendarEntry(models.Model):
    """One session in one calendar there: what was written last, and what has come back."""

    class Question(models.TextChoices):
        MOVED = "MOVED", "Moved in your calendar"
        DELETED = "DELETED", "Deleted in your calendar"

    class Reply(models.TextChoices):
        ACCEPTED = "ACCEPTED", "Accepted"
        TENTATIVE = "TENTATIVE", "Perhaps"
        DECLINED = "DECLINED", "Declined"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    calendar = models.ForeignKey(ConnectedCalendar, models.CASCADE, related_name="entries")
    session = models.ForeignKey(CoachingSession, models.CASCADE, related_name="calendar_entries")
    etag = models.CharField(max_length=200, blank=True, default="")
    sequence_written = models.PositiveIntegerField(null=True, blank=True)
    starts_at_written = models.DateTimeField(null=True, blank=True)
    is_deleted = models.BooleanField(default=False)
    question = models.CharField(max_length=8, choices=Question, blank=True, default="")
    moved_to = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=10, choices=Reply, blank=True, default="")

    objects = CalendarEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "calendar entries"
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "session"], name="bookings_session_is_written_once"
            ),
            models.CheckConstraint(
                name="bookings_entry_asks_with_a_moment",
                condition=Q(question="", asked_at=None)
                | ~Q(question="") & Q(asked_at__isnull=False),
            ),
            moments_within_reach("bookings_entry_moved_within_reach", "moved_to"),
        ]

    def __str__(self) -> str:
        return f"{self.session} in {self.calendar}"

    @property
    def was_moved(self) -> bool:
        return self.question == self.Question.MOVED


def is_written_elsewhere(coach: Coach) -> bool:
    """Whether the coach's sessions come to a calendar of hers by a connection.

    An invitation by email as well would show each of them twice.
    """
    writing = ConnectedCalendar.objects.filter(connection__coach=coach, gets_sessions=True)
    return writing.exists()


def sessions_to_write(calendar: ConnectedCalendar, at: datetime) -> models.QuerySet:
    """Sessions that the calendar does not show as they are: new, moved or cancelled."""
    entries = CalendarEntry.objects.filter(calendar=calendar, session=OuterRef("pk"))
    as_it_is = Exists(entries.filter(sequence_written=F("session__sequence"), is_deleted=False))
    asked = Exists(entries.exclude(question=""))
    there = Exists(entries.filter(is_deleted=False))
    status = CoachingSession.Status
    cancelled = Q(status__in=[status.CANCELLED, status.CANCELLED_LATE])
    booked = Q(status=status.BOOKED, ends_at__gt=at)
    theirs = CoachingSession.objects.filter(coach_id=calendar.connection.coach_id)
    wanted = Q(cancelled & there) | Q(booked & ~as_it_is & ~asked)
    return theirs.filter(wanted).for_pages().order_by("starts_at", "pk")
