"""What somebody comes for who keeps the calendar of a client: times and locations only."""

from dataclasses import dataclass
from datetime import datetime

from bookings.models import CoachingSession
from bookings.views.sessions import SessionPresenter
from coaching_portal.website.your_home.section import FirstFew, Section, first_few
from profiles.models import DiaryDelegate, User

SESSIONS = 3


@dataclass(frozen=True, kw_only=True)
class AssistantSection(Section):
    key = "calendars"
    name = "Calendars that you keep"
    template = "website/_home_assistant.html"

    sessions: FirstFew


def section(user: User, at: datetime) -> AssistantSection | None:
    if not DiaryDelegate.objects.filter(user=user).exists():
        return None
    others = CoachingSession.objects.in_calendar_of(user).exclude(client=user)
    found = first_few(others.upcoming(at).for_pages(), SESSIONS)
    return AssistantSection(
        due_at=found.first.starts_at if found else None,
        sessions=FirstFew([SessionPresenter(user, each, at) for each in found], found.has_more),
    )
