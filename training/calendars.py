"""A learner's teaching sessions as calendars understand them: one event each, one UID for life.

A cohort of one teaching session is an invitation (REQUEST, CANCEL). Those methods carry a single
event, so several are published together (PUBLISH), and taken away as cancelled events.
"""

from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Calendar

from coaching_portal import ical
from coaching_portal.notifications import sender
from profiles.names import name_in_mail


def invitation(place, *, at, is_cancelled=False):
    """The calendar of one learner's place: (iCalendar text, METHOD)."""
    sessions, practice = place.cohort.sessions, sender.practice()
    told = {"practice": practice, "at": at, "is_cancelled": is_cancelled}
    if len(sessions) == 1:
        method = "CANCEL" if is_cancelled else "REQUEST"
        return _event(place, sessions[0], method=method, **told), method
    events = [_event(place, session, method="PUBLISH", **told) for session in sessions]
    return _together(events), "PUBLISH"


def _event(place, session, *, practice, method, at, is_cancelled):
    cohort = place.cohort
    return ical.calendar_text(
        uid=f"{session.uuid}.{place.uuid}@{urlsplit(settings.SITE_URL).hostname}",
        # Cancelling is one change more than the dates that the learner was told last.
        sequence=cohort.sequence + (1 if is_cancelled else 0),
        method=method,
        stamp=at,
        start=session.starts_at,
        end=session.ends_at,
        summary=cohort.course.title,
        organiser=(practice.name, practice.email),
        attendee=(name_in_mail(place.name), place.email),
        location=cohort.whole_place,
        url=f"{settings.SITE_URL}/learning/",
        status="CANCELLED" if is_cancelled else "CONFIRMED",
    )


def _together(texts):
    """Several calendars of one event as one calendar."""
    first, *rest = [Calendar.from_ical(text) for text in texts]
    for calendar in rest:
        for event in calendar.walk("VEVENT"):
            first.add_component(event)
    return first.to_ical().decode()
