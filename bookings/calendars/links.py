"""Addresses that open a filled-in event in a calendar on the web, for the user to save there."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from bookings.emails import invitations
from bookings.models import CoachingSession

GOOGLE = "https://calendar.google.com/calendar/render"
OUTLOOK = "https://outlook.office.com/calendar/0/action/compose"


def calendar_links(session: CoachingSession) -> list[tuple[str, str]]:
    """Pairs of a calendar's name and address, with what an invitation says and no more.

    Saved there, the event is a copy: it does not follow when the session is moved.
    """
    title = f"Coaching with {session.coach}"
    where, page = invitations.place_words(session), invitations.page_of(session.uuid)
    google = {
        "action": "TEMPLATE",
        "text": title,
        "dates": f"{_compact(session.starts_at)}/{_compact(session.ends_at)}",
        "location": where,
        "details": page,
    }
    outlook = {
        "subject": title,
        "startdt": _extended(session.starts_at),
        "enddt": _extended(session.ends_at),
        "location": where,
        "body": page,
    }
    return [
        ("Google", f"{GOOGLE}?{urlencode(google)}"),
        ("Outlook", f"{OUTLOOK}?{urlencode(outlook)}"),
    ]


def _compact(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _extended(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
