"""A session as calendars understand it: one event with one UID for its whole life."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from bookings.models import CoachingSession
from coaching_portal.common import formatting, ical
from coaching_portal.notifications import sender

Location = CoachingSession.Location


def uid_of(key: UUID) -> str:
    """The UID of the session with this uuid, in invitations and feeds alike."""
    return f"{key}@{host()}"


def host() -> str:
    """What the UIDs of all the portal's own events end with."""
    return urlsplit(settings.SITE_URL).hostname or ""


def page_of(key: UUID) -> str:
    """The whole address of its page."""
    return f"{settings.SITE_URL}/sessions/{key}/"


def booking_again(session: CoachingSession, **asked: Any) -> str:
    """Where the same is booked at another time; empty where its programme has no session left."""
    programme = session.programme
    if programme and not (programme.can_be_booked and programme.sessions_left):
        return ""
    asked = {"minutes": session.minutes, "location": session.location, **asked}
    if programme:
        asked["programme"] = programme.uuid
    return f"{reverse('bookings:book', args=[session.coach.slug])}?{urlencode(asked)}"


def place_words(session: CoachingSession, *, for_coach: bool = False) -> str:
    """Where it is. The link to a video call stays on the session's page, behind the sign-in."""
    label = session.get_location_display()
    if session.location == Location.VIDEO:
        return label
    if session.location == Location.WORKPLACE and for_coach:
        label = "At the client's workplace"
    if session.location == Location.PRACTICE and not session.location_details:
        address = ", ".join(sender.practice().address.split("\n"))
        return f"{label}, {address}" if address else label
    return f"{label}, {session.location_details}" if session.location_details else label


def invitation(
    session: CoachingSession, *, method: str, at: datetime, for_coach: bool = False
) -> str:
    """What is mailed to the client, or to the coach: REQUEST for a new or moved session, or CANCEL.

    Each copy names only the one whom it is mailed to: programs show an invitation in the calendar
    of its attendee.
    """
    guest = session.coach.user if for_coach else session.client
    attendee = (str(guest), guest.mail_address) if guest else None
    return _text(session, method=method, at=at, attendee=attendee, for_coach=for_coach)


def calendar_file(session: CoachingSession, *, at: datetime, for_coach: bool = False) -> str:
    """What is downloaded, by the client or the coach: the same entry, published."""
    return _text(session, method=ical.PUBLISH, at=at, for_coach=for_coach)


def file_of(sessions: Iterable[CoachingSession], *, at: datetime, for_coach: bool = False) -> str:
    """Several sessions as one file: each is the event that its own invitations change later."""
    practice = sender.practice()
    entries = [_entry(session, for_coach=for_coach) for session in sessions]
    return ical.file_text(entries, stamp=at, organiser=(practice.name, practice.email))


def _text(
    session: CoachingSession,
    *,
    method: str,
    at: datetime,
    attendee: tuple[str, str] | None = None,
    for_coach: bool = False,
) -> str:
    practice = sender.practice()
    entry = _entry(session, for_coach=for_coach)
    organiser = (practice.name, practice.email)
    return ical.calendar_text(
        entry, method=method, stamp=at, organiser=organiser, attendee=attendee
    )


def _entry(session: CoachingSession, *, for_coach: bool) -> ical.Entry:
    return ical.Entry(
        uid=uid_of(session.uuid),
        sequence=session.sequence,
        periods=[(session.starts_at, session.ends_at)],
        summary=_summary(session, for_coach=for_coach),
        description=_description(session, for_coach=for_coach),
        url=page_of(session.uuid),
        location=place_words(session, for_coach=for_coach),
        is_cancelled=session.was_cancelled,
    )


def _summary(session: CoachingSession, *, for_coach: bool) -> str:
    kind = session.get_kind_display()
    other = (session.client or session.organisation) if for_coach else session.coach
    return f"{kind} with {other}" if other else kind


def _description(session: CoachingSession, *, for_coach: bool) -> str:
    """What, where, how to join and how to change it; never an agenda, a goal or needs."""
    length = formatting.length(session.minutes)
    lines = [f"{_summary(session, for_coach=for_coach)}, {length}"]
    lines.append(f"Where: {place_words(session, for_coach=for_coach)}")
    if session.was_cancelled:
        lines.append("This session is cancelled.")
    else:
        if session.is_video:
            lines.append("How to join: from the session’s page, from 10 minutes before the start.")
        lines.append("To move or cancel it, open the session’s page.")
    return "\n".join([*lines, f"Reference: {session.reference}", page_of(session.uuid)])
