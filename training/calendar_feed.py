"""Courses in the feeds that calendar programs read: a learner's, and what a trainer teaches."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from coaching_portal.common import feed_sources
from coaching_portal.common.feed_sources import Shows
from coaching_portal.common.ical_feed import Entry
from training.models import Cohort, Enrolment, TeachingSession


def register() -> None:
    feed_sources.register("courses", rows=_rows, entries=_entries)
    feed_sources.register("teaching", rows=_rows_of_trainer, entries=_entries_of_trainer)


def _rows(user: Any, since: datetime, shows: str) -> QuerySet:
    """A row for each teaching session of places that are not over, or ended since then."""
    teaching = TeachingSession.objects.filter(cohort=OuterRef("cohort"))
    has_ended = ~Q(status=Enrolment.Status.ENROLLED)
    shown = (
        Enrolment.objects.of(user)
        .annotate(
            was_off=Case(
                When(has_ended, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
            starts_at=F("cohort__teaching_sessions__starts_at"),
            ends_at=F("cohort__teaching_sessions__ends_at"),
            stamp=Coalesce("ended_at", "booking__booked_at"),
        )
        .filter(
            Q(Exists(teaching.filter(ends_at__gte=since)), status=Enrolment.Status.ENROLLED)
            | (has_ended & Q(Exists(teaching), ended_at__gte=since))
        )
        .order_by("pk", "starts_at")
    )
    columns = ["uuid", "cohort__sequence", "stamp", "was_off", "starts_at", "ends_at"]
    if shows != Shows.BUSY:
        columns += ["cohort__code", "cohort__setting"]
    return shown.values_list(*columns)


def _entries(user: Any, shows: str, rows: Iterable[tuple]) -> Iterator[Entry]:
    """The same UID and SEQUENCE as in the invitation (`emails/invitations.py`)."""
    page = settings.SITE_URL + reverse("training:learning")
    return _by_uid(rows, prefix="", title="Course", page=page)


def _rows_of_trainer(user: Any, since: datetime, shows: str) -> QuerySet:
    """A row for each teaching session of the trainer's course dates that end after then."""
    of_cohort = TeachingSession.objects.filter(cohort=OuterRef("cohort"))
    shown = (
        TeachingSession.objects.filter(cohort__course__trainers=user)
        .exclude(cohort__status=Cohort.Status.DRAFT)
        .filter(Exists(of_cohort.filter(ends_at__gte=since)))
        .annotate(
            was_off=Case(
                When(cohort__status=Cohort.Status.CANCELLED, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            )
        )
        .order_by("cohort", "starts_at")
    )
    of_course = ["cohort__uuid", "cohort__sequence", "cohort__created_at"]
    columns = [*of_course, "was_off", "starts_at", "ends_at"]
    if shows != Shows.BUSY:
        columns += ["cohort__code", "cohort__setting"]
    return shown.values_list(*columns)


def _entries_of_trainer(user: Any, shows: str, rows: Iterable[tuple]) -> Iterator[Entry]:
    """An event of its own: who teaches a course may have a place on it, too."""
    return _by_uid(rows, prefix="teaching-", title="Teaching")


def _by_uid(rows: Iterable[tuple], *, prefix: str, title: str, page: str = "") -> Iterator[Entry]:
    """One entry for the rows that begin with the same UUID, with a period for each of them."""
    host = urlsplit(settings.SITE_URL).hostname
    for uuid, of_one in groupby(rows, key=lambda row: row[0]):
        days = list(of_one)
        _, sequence, stamp, was_off, _, _, *course = days[0]
        code, setting = course or ("", "")
        yield Entry(
            uid=f"{prefix}{uuid}@{host}",
            sequence=sequence + was_off,
            stamp=stamp,
            periods=[(day[4], day[5]) for day in days],
            summary=f"{title} {code}" if code else "Busy",
            location=Cohort.Setting(setting).label if setting else "",
            url=page if code else "",
            is_cancelled=was_off,
        )
