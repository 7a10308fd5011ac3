"""What a coach comes for: today, what to confirm, reviews, open proposals, her calendars."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min

from bookings.models import (
    CalendarConnection,
    CalendarEntry,
    CoachingSession,
    Extension,
    MoveRequest,
    Programme,
)
from bookings.models.connections import CalendarEntryQuerySet
from bookings.models.extensions import ExtensionQuerySet
from bookings.models.programmes import ProgrammeQuerySet
from bookings.views.sessions import SessionPresenter
from coaching_portal.common.dates import (
    DAY,
    local_date,
    local_midnight,
    london_date,
    london_midnight,
)
from coaching_portal.website.your_home.section import FirstFew, Section, earliest, first_few
from profiles.models import Coach, User

SESSIONS = 5
EACH = 3
REVIEWS_WITHIN = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class CoachSection(Section):
    key = "clients"
    name = "Your clients"
    template = "website/_home_coach.html"

    coach: Coach
    sessions_today: FirstFew
    next_session: SessionPresenter | None
    move_requests: FirstFew
    number_to_confirm: int
    first_date_to_confirm: date | None
    reviews: FirstFew
    proposals: FirstFew
    extensions: FirstFew
    calendar_changes: FirstFew
    failing: list[CalendarConnection]
    today: date

    @property
    def is_empty(self) -> bool:
        sessions = self.sessions_today or self.next_session or self.number_to_confirm
        calendars = self.calendar_changes or self.failing
        return not (sessions or self.reviews or self.proposals or self.extensions or calendars)


def section(user: User, at: datetime) -> CoachSection | None:
    coach = Coach.objects.select_related("user").filter(user=user).first()
    if coach is None:
        return None
    today, next_session = _sessions(user, coach, at)
    to_confirm = _to_confirm(coach, at)
    asked = first_few(MoveRequest.objects.of_coach(user).open(at).for_pages(), EACH)
    reviews = first_few(_reviews(coach, at), EACH)
    changes = first_few(_calendar_changes(coach, at), EACH)
    failing = _failing(coach, at)
    first_review = reviews.first.review_on if reviews else None
    return CoachSection(
        due_at=earliest(
            at if asked else None,
            to_confirm["first"],
            today.first.session.starts_at if today else None,
            next_session.session.starts_at if next_session else None,
            london_midnight(first_review) if first_review else None,
            changes.first.asked_at if changes else None,
            *(connection.failing_since for connection in failing),
        ),
        coach=coach,
        sessions_today=today,
        next_session=next_session,
        move_requests=asked,
        number_to_confirm=to_confirm["number"],
        first_date_to_confirm=_date(coach, to_confirm["first"]),
        reviews=reviews,
        proposals=first_few(_proposals(coach), EACH),
        extensions=first_few(_extensions(coach), EACH),
        calendar_changes=changes,
        failing=failing,
        today=london_date(at),
    )


def _sessions(user: User, coach: Coach, at: datetime) -> tuple[FirstFew, SessionPresenter | None]:
    """What is on or ahead today, and the first session of a later day."""
    tomorrow = local_midnight(local_date(at, coach.time_zone) + DAY, coach.time_zone)
    ahead = CoachingSession.objects.filter(coach=coach).upcoming(at).for_pages()
    today = first_few(ahead.filter(starts_at__lt=tomorrow), SESSIONS)
    later = ahead.filter(starts_at__gte=tomorrow).first()

    def shown(session: CoachingSession) -> SessionPresenter:
        return SessionPresenter(user, session, at, coach.time_zone)

    rows = [shown(session) for session in today]
    return FirstFew(rows, today.has_more), shown(later) if later else None


def _to_confirm(coach: Coach, at: datetime) -> dict[str, Any]:
    waiting = CoachingSession.objects.filter(coach=coach).to_confirm(at)
    return waiting.aggregate(number=Count("pk"), first=Min("starts_at"))


def _date(coach: Coach, moment: datetime | None) -> date | None:
    return local_date(moment, coach.time_zone) if moment else None


def _reviews(coach: Coach, at: datetime) -> ProgrammeQuerySet:
    """Reviews due within thirty days, or overdue, the first one first."""
    theirs = Programme.objects.filter(coach=coach)
    due = theirs.review_due_by(london_date(at) + REVIEWS_WITHIN)
    return due.select_related("client").order_by("review_on", "pk")


def _proposals(coach: Coach) -> ProgrammeQuerySet:
    """Programmes proposed and not answered, the oldest first."""
    proposed = Programme.objects.filter(coach=coach).proposed()
    return proposed.select_related("client").order_by("proposed_at", "pk")


def _extensions(coach: Coach) -> ExtensionQuerySet:
    proposed = Extension.objects.open().filter(programme__coach=coach)
    return proposed.select_related("programme__client").order_by("proposed_at", "pk")


def _calendar_changes(coach: Coach, at: datetime) -> CalendarEntryQuerySet:
    """Sessions that she has moved or deleted in a calendar elsewhere, or a client has declined."""
    return CalendarEntry.objects.to_look_at(coach, at).select_related("session__client")


def _failing(coach: Coach, at: datetime) -> list[CalendarConnection]:
    """Connections that need her; a coach has a few at most."""
    failing = CalendarConnection.objects.of(coach).exclude(problem="")
    return [connection for connection in failing if connection.is_worth_saying(at)]
