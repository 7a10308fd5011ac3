"""{% load coach_words %}: how a coach reads the state of a session."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

from django import template

from bookings.availability import shifts
from bookings.models import CoachingSession
from coaching_portal.common import formatting

register = template.Library()
register.filter("wall", shifts.clock)

TAGS = {
    CoachingSession.Status.BOOKED: "tag-info",
    CoachingSession.Status.COMPLETED: "tag-done",
    CoachingSession.Status.CANCELLED_LATE: "tag-late",
    CoachingSession.Status.NO_SHOW: "tag-late",
}


@register.filter
def period_words(period, zone):
    """Time off as its coach reads it: whole days without their midnights."""
    first, last = (
        moment.astimezone(ZoneInfo(zone)) for moment in (period.starts_at, period.ends_at)
    )
    if first.time() != time() or last.time() != time():
        return formatting.when_range(period.starts_at, period.ends_at, zone)
    last_day = last.date() - timedelta(days=1)
    if first.date() == last_day:
        return f"{formatting.long_date(last_day)}, all day"
    return f"{formatting.long_date(first.date())} to {formatting.long_date(last_day)}, whole days"


@register.inclusion_tag("bookings/_state.html")
def state(session, at=None):
    """The status in words, in a tag; what waits for the coach says so."""
    if at is not None and session.is_to_confirm(at):
        return {"words": "To confirm", "tag": "tag-due", "session": session}
    tag = TAGS.get(session.status, "")
    return {"words": session.get_status_display(), "tag": tag, "session": session}
