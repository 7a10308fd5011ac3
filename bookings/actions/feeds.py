"""Calendar feeds are made and revoked, and it is kept when each was last read."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bookings.actions.locking import lock_client
from bookings.models import CalendarFeed
from bookings.models.feeds import token_hash
from coaching_portal.common.refusals import Refusal

MOST_FEEDS = 10
RANDOM_BYTES = 32
SECOND = timedelta(seconds=1)


class TooManyFeeds(Refusal):
    pass


@transaction.atomic
def make_feed(*, user: Any, label: str, shows: str, at: datetime) -> tuple[CalendarFeed, str]:
    """A new feed and its token, which cannot be had again; or raise TooManyFeeds."""
    lock_client(user)  # so that two of one person are counted one after the other
    if CalendarFeed.objects.of(user).count() >= MOST_FEEDS:
        raise TooManyFeeds(f"You have {MOST_FEEDS} calendar feeds. Revoke one you no longer use.")
    token = secrets.token_urlsafe(RANDOM_BYTES)
    feed = CalendarFeed.objects.create(
        user=user, label=label, shows=shows, token_sha256=token_hash(token), created_at=at
    )
    return feed, token


def revoke_feed(*, feed: CalendarFeed) -> None:
    """Nobody can read it any more: to a reader it is as if it had never been."""
    feed.delete()


def record_reading(*, feed: CalendarFeed, version: str, at: datetime) -> datetime | None:
    """Keep what was read and when; return since when it has been like that.

    None where another reader has meanwhile been given another version: then nobody can say which
    of the two is newer.
    """
    if feed.version == version:
        if feed.is_read_time_due(at):
            CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=at)
        return feed.changed_at
    # Readers compare whole seconds: each version has a second of its own.
    changed_at = at.replace(microsecond=0)
    if feed.changed_at:
        changed_at = max(changed_at, feed.changed_at + SECOND)
    unchanged = CalendarFeed.objects.filter(pk=feed.pk, version=feed.version)
    was_ours = unchanged.update(version=version, changed_at=changed_at, last_read_at=at)
    return changed_at if was_ours else None
