"""What client and coach are told about a programme. `programme_letters.py` says in what words."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bookings.models.programme_rules import REVIEW_NOTICE_DAYS
from coaching_portal.common.dates import local_date
from coaching_portal.notifications import outbox

# Notices are posted as a day begins, and wait until people are up.
NOTICES_GO_AT = time(7)


def proposed(programme, *, at):
    """Put the terms before the client; a changed proposal is announced again."""
    _post("programme-proposed", programme, programme.client, programme.terms_version, at=at)


def accepted(programme, *, at):
    _post("programme-accepted", programme, programme.client, at=at)
    _post("coach-programme-accepted", programme, programme.coach.user, at=at)


def declined(programme, *, at):
    _post("coach-programme-declined", programme, programme.coach.user, at=at)


def review_ahead(programme, *, days, at):
    """Tell both sides, once for each date and notice: a moved review is announced again."""
    occasion = f"{programme.review_on.isoformat()}:{days}"
    today = local_date(at, programme.coach.time_zone)
    when = {
        "at": max(at, _morning(today, programme.coach)),
        "not_after": _next_notice(programme, days),
    }
    _post("review-notice", programme, programme.client, occasion, **when)
    _post("coach-review-notice", programme, programme.coach.user, occasion, **when)


def _next_notice(programme, days):
    """When the next notice goes, which makes this one useless; None after the last."""
    nearer = [each for each in REVIEW_NOTICE_DAYS if each < days]
    if not nearer:
        return None
    return _morning(programme.review_on - timedelta(days=max(nearer)), programme.coach)


def _morning(day, coach):
    return datetime.combine(day, NOTICES_GO_AT, ZoneInfo(coach.time_zone))


def extension_proposed(extension, *, at):
    programme = extension.programme
    _post("extension-proposed", programme, programme.client, extension.uuid, at=at)
    _post("coach-extension-proposed", programme, programme.coach.user, extension.uuid, at=at)


def extension_declined(extension, *, at):
    programme = extension.programme
    _post("coach-extension-declined", programme, programme.coach.user, extension.uuid, at=at)


def reviewed(programme, review, *, at):
    """Tell both what was decided."""
    _post("programme-reviewed", programme, programme.client, review.uuid, at=at)
    _post("coach-programme-reviewed", programme, programme.coach.user, review.uuid, at=at)


def ended(programme, *, at):
    _post("programme-ended", programme, programme.client, at=at)


def _post(kind, programme, recipient, occasion="", *, at, not_after=None):
    outbox.queue(
        kind,
        about=programme,
        recipient=recipient,
        occasion=str(occasion),
        due_at=at,
        not_after=not_after,
    )
