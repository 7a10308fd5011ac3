"""{% load coach_words %}: how a coach reads the state of a session."""

from django import template

from bookings import shifts
from bookings.models import CoachingSession

register = template.Library()
register.filter("wall", shifts.clock)

TAGS = {
    CoachingSession.Status.BOOKED: "tag-info",
    CoachingSession.Status.COMPLETED: "tag-done",
    CoachingSession.Status.CANCELLED_LATE: "tag-late",
    CoachingSession.Status.NO_SHOW: "tag-late",
}


@register.inclusion_tag("bookings/_state.html")
def state(session, at=None):
    """The status in words, in a tag; what waits for the coach says so."""
    if at is not None and session.is_to_confirm(at):
        return {"words": "To confirm", "tag": "tag-due", "session": session}
    tag = TAGS.get(session.status, "")
    return {"words": session.get_status_display(), "tag": tag, "session": session}
