"""A learner's courses in the feeds that calendar programs read."""

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
    host = urlsplit(settings.SITE_URL).hostname
    page = settings.SITE_URL + reverse("training:learning")
    for uuid, of_place in groupby(rows, key=lambda row: row[0]):
        days = list(of_place)
        _, sequence, stamp, was_off, _, _, *course = days[0]
        code, setting = course or ("", "")
        yield Entry(
            uid=f"{uuid}@{host}",
            sequence=sequence + was_off,
            stamp=stamp,
            periods=[(day[4], day[5]) for day in days],
            summary=f"Course {code}" if code else "Busy",
            location=Cohort.Setting(setting).label if setting else "",
            url=page if code else "",
            is_cancelled=was_off,
        )
