"""What a calendar feed holds: the sessions of its person as calendar programs read them.

It shows when and, where its person chose so, with whom and in which kind of location. It has no
title, agenda, note, needs, price, nor the details of a location.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from bookings.emails import invitations
from bookings.models import CalendarFeed, CoachingSession
from coaching_portal.common import feed_sources
from coaching_portal.common.dates import london_date, london_midnight
from coaching_portal.common.feed_sources import Shows, shown_name
from coaching_portal.common.ical_feed import Entry, feed_text
from coaching_portal.notifications import sender

KEPT_FOR = timedelta(days=60)
# Goes up when the text that is made from the same rows changes.
FORMAT = "1"
Status, Location = CoachingSession.Status, CoachingSession.Location
CANCELLED = (Status.CANCELLED, Status.CANCELLED_LATE)


class FeedContent:
    """The content of one feed at a moment; only `text` reads the rows."""

    def __init__(self, feed: CalendarFeed, at: datetime):
        self.feed = feed
        self.name = f"{sender.practice().name}: {feed.user}"
        # From midnight, so that it does not change with every moment.
        since = london_midnight(london_date(at) - KEPT_FOR)
        self._rows = [
            (source, source.rows(feed.user, since, feed.shows)) for source in feed_sources.sources()
        ]

    @cached_property
    def version(self) -> str:
        """A hash that changes with what is shown, in one query for each kind of event."""
        hashes = [feed_sources.fingerprint(rows) for _, rows in self._rows]
        return feed_sources.combined(FORMAT, settings.SITE_URL, self.name, *hashes)

    def text(self) -> str:
        return feed_text(self.name, self._entries())

    def _entries(self) -> Iterator[Entry]:
        for source, rows in self._rows:
            yield from source.entries(self.feed.user, self.feed.shows, rows)


def register() -> None:
    feed_sources.register("sessions", rows=_rows, entries=_entries)


def _rows(user: Any, since: datetime, shows: str) -> QuerySet:
    """Those to come, those of the last 60 days, and what was cancelled in them."""
    is_cancelled = Q(status__in=CANCELLED)
    ended_at = Coalesce("cancelled_at", "ends_at")
    shown = (
        CoachingSession.objects.visible_to(user)
        .annotate(
            was_off=Case(
                When(is_cancelled, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
            last_at=Case(When(is_cancelled, then=ended_at), default=F("ends_at")),
            stamp=Coalesce("cancelled_at", "booked_at", "starts_at"),
        )
        .filter(last_at__gte=since)
        .order_by("starts_at", "pk")
    )
    columns = ["uuid", "sequence", "stamp", "starts_at", "ends_at", "was_off"]
    if shows != Shows.BUSY:
        people = ["coach__user_id", "coach__user__name", "client_id", "client__name"]
        columns += ["location", *people, "organisation__name"]
    return shown.values_list(*columns)


def _entries(user: Any, shows: str, rows: Iterable[tuple]) -> Iterator[Entry]:
    for uuid, sequence, stamp, starts_at, ends_at, was_off, *with_whom in rows:
        summary, location, url = "Busy", "", ""
        if with_whom:
            summary, location = _words(user, shows, *with_whom)
            url = invitations.page_of(uuid)
        yield Entry(
            uid=invitations.uid_of(uuid),
            sequence=sequence,
            stamp=stamp,
            periods=[(starts_at, ends_at)],
            summary=summary,
            location=location,
            url=url,
            is_cancelled=was_off,
        )


def _words(
    user: Any,
    shows: str,
    location: str,
    coach_id: int,
    coach: str,
    client_id: int | None,
    client: str | None,
    organisation: str | None,
) -> tuple[str, str]:
    """With whom, as its reader would say it; and the kind of location."""
    is_client = client_id == user.pk
    label = Location(location).label
    if location == Location.WORKPLACE and not is_client:
        label = "At the client’s workplace"
    client, coach = (shown_name(name or "", shows) for name in (client or organisation, coach))
    if is_client:
        return _with(coach), label
    if coach_id == user.pk:
        return _with(client), label
    # The user is the client's assistant.
    return f"{client}: {_with(coach)}", label


def _with(name: str) -> str:
    return f"Session with {name}" if name else "Session"
