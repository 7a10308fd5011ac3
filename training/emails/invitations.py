"""A learner's place on a course as calendars understand it: one UID, an event for each day."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from coaching_portal.common import ical
from coaching_portal.notifications import sender
from profiles.names import name_in_mail
from training.models import Cohort, Enrolment


def invitation(place: Enrolment, *, at: datetime, is_cancelled: bool = False) -> tuple[str, str]:
    """What is mailed to the learner: (iCalendar text, METHOD)."""
    method = ical.CANCEL if is_cancelled else ical.REQUEST
    entry, attendee = _entry(place, is_cancelled), (name_in_mail(place.name), place.email)
    return _text(entry, method=method, at=at, attendee=attendee), method


def calendar_file(place: Enrolment, *, at: datetime) -> str:
    """What the learner downloads."""
    return _text(_entry(place), method=ical.PUBLISH, at=at)


def _text(entry: ical.Entry, *, at: datetime, **written: Any) -> str:
    practice = sender.practice()
    return ical.calendar_text(entry, stamp=at, organiser=(practice.name, practice.email), **written)


def _entry(place: Enrolment, is_cancelled: bool = False) -> ical.Entry:
    cohort = place.cohort
    return ical.Entry(
        uid=f"{place.uuid}@{urlsplit(settings.SITE_URL).hostname}",
        # Cancelling is one change more than the dates that the learner was told last.
        sequence=cohort.sequence + (1 if is_cancelled else 0),
        periods=[(session.starts_at, session.ends_at) for session in cohort.sessions],
        summary=cohort.course.title,
        description=_description(cohort, is_cancelled),
        url=_page(),
        location=cohort.full_location,
        is_cancelled=is_cancelled,
    )


def _description(cohort: Cohort, is_cancelled: bool) -> str:
    """What, where, how to join, and how to change it."""
    lines = [f"{cohort.course}, {cohort.code}", f"Where: {cohort.full_location}"]
    if is_cancelled:
        lines.append("This place has ended.")
    else:
        if cohort.is_online:
            lines.append(f"How to join: {cohort.room_url or 'the link follows.'}")
        lines.append(
            "The person who booked the place can cancel it or pass it on, on the booking’s page."
        )
    return "\n".join([*lines, _page()])


def _page() -> str:
    return settings.SITE_URL + reverse("training:learning")
