"""Emails about programmes: to whom and when. `programme_content.py` has the words."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.models import Extension, Programme, Review
from bookings.models.programme_rules import REVIEW_NOTICE_DAYS
from coaching_portal.common.dates import local_date
from coaching_portal.notifications import outbox
from profiles.models import Coach, User

# Notices are posted as a day begins, and wait until people are up.
NOTICES_GO_AT = time(7)


def proposed(programme: Programme, *, at: datetime) -> None:
    """Put the terms before the client; a changed proposal is announced again."""
    _post("programme-proposed", programme, programme.client, programme.terms_version, at=at)


def accepted(programme: Programme, *, at: datetime) -> None:
    _post("programme-accepted", programme, programme.client, at=at)
    _post("coach-programme-accepted", programme, programme.coach.user, at=at)


def declined(programme: Programme, *, at: datetime) -> None:
    _post("coach-programme-declined", programme, programme.coach.user, at=at)


def review_ahead(programme: Programme, *, days: int, at: datetime) -> None:
    """Tell both sides, once for each date and notice: a moved review is announced again."""
    occasion = f"{programme.review_on.isoformat()}:{days}"
    coach, not_after = programme.coach, _next_notice(programme, days)
    at = max(at, _morning(local_date(at, coach.time_zone), coach))
    for kind, recipient in (
        ("review-notice", programme.client),
        ("coach-review-notice", coach.user),
    ):
        _post(kind, programme, recipient, occasion, at=at, not_after=not_after)


def _next_notice(programme: Programme, days: int) -> datetime | None:
    """When the next notice goes, which makes this one useless; None after the last."""
    nearer = [each for each in REVIEW_NOTICE_DAYS if each < days]
    if not nearer:
        return None
    return _morning(programme.review_on - timedelta(days=max(nearer)), programme.coach)


def _morning(day: date, coach: Coach) -> datetime:
    return datetime.combine(day, NOTICES_GO_AT, ZoneInfo(coach.time_zone))


def extension_proposed(extension: Extension, *, at: datetime) -> None:
    programme = extension.programme
    _post("extension-proposed", programme, programme.client, extension.uuid, at=at)
    _post("coach-extension-proposed", programme, programme.coach.user, extension.uuid, at=at)


def extension_declined(extension: Extension, *, at: datetime) -> None:
    programme = extension.programme
    _post("coach-extension-declined", programme, programme.coach.user, extension.uuid, at=at)


def reviewed(programme: Programme, review: Review, *, at: datetime) -> None:
    """Tell both what was decided."""
    _post("programme-reviewed", programme, programme.client, review.uuid, at=at)
    _post("coach-programme-reviewed", programme, programme.coach.user, review.uuid, at=at)


def ended(programme: Programme, *, at: datetime) -> None:
    _post("programme-ended", programme, programme.client, at=at)


def _post(
    kind: str,
    programme: Programme,
    recipient: User,
    occasion: object = "",
    *,
    at: datetime,
    not_after: datetime | None = None,
) -> None:
    outbox.queue(
        kind,
        about=programme,
        recipient=recipient,
        occasion=str(occasion),
        due_at=at,
        not_after=not_after,
    )
