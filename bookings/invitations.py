"""A session as calendars understand it: one event with one UID for its whole life."""

from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse

from bookings.models import CoachingSession
from coaching_portal import ical
from coaching_portal.notifications import sender

Place = CoachingSession.Place


def uid(session):
    return f"{session.uuid}@{urlsplit(settings.SITE_URL).hostname}"


def page_of(session):
    return f"{settings.SITE_URL}/sessions/{session.uuid}/"


def booking_again(session, **asked):
    """Where the same is booked at another time; empty where its programme has no session left."""
    programme = session.programme
    if programme and not (programme.can_be_booked and programme.sessions_left):
        return ""
    asked = {"minutes": session.minutes, "place": session.place, **asked}
    if programme:
        asked["programme"] = programme.uuid
    return f"{reverse('bookings:book', args=[session.coach.slug])}?{urlencode(asked)}"


def place_words(session, *, for_coach=False):
    """Where it is. The link to a video call stays on the session's page, behind the sign-in."""
    label = session.get_place_display()
    if session.place == Place.VIDEO:
        return label
    if session.place == Place.WORKPLACE and for_coach:
        label = "At the client's workplace"
    if session.place == Place.PRACTICE and not session.place_details:
        address = ", ".join(sender.practice().address.split("\n"))
        return f"{label}, {address}" if address else label
    return f"{label}, {session.place_details}" if session.place_details else label


def invitation(session, *, method, at):
    """The client's copy, as iCalendar text: REQUEST for a new or moved session, or CANCEL."""
    practice = sender.practice()
    return ical.calendar_text(
        uid=uid(session),
        sequence=session.sequence,
        method=method,
        stamp=at,
        start=session.starts_at,
        end=session.ends_at,
        summary=f"{session.get_kind_display()} with {session.coach}",
        organiser=(practice.name, practice.email),
        attendee=(str(session.client), session.client.email),
        location=place_words(session),
        url=page_of(session),
    )
