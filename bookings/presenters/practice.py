"""The week of all coaches side by side, in UK time, and what each of them charges.

For the office: who works when, who is free, what is booked and what waits to be confirmed. Never
what a session is about, nor why a coach is away.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Q

from bookings import pricing
from bookings.availability import free_times, open_hours
from bookings.availability.free_times import Piece
from bookings.models import BookingRules, CoachingSession
from bookings.presenters.week import DAY, WEEK, code_of
from coaching_portal.common import formatting
from coaching_portal.common.dates import london_date, london_midnight
from profiles.models import Coach

DAYS = 7
Status = CoachingSession.Status


@dataclass(frozen=True)
class Entry:
    """A session, time off or busy time, as it lies in one day."""

    starts_at: datetime
    words: str
    kind: str = "session"
    session: CoachingSession | None = None
    is_to_confirm: bool = False


@dataclass(frozen=True)
class Cell:
    """One day of one coach."""

    coach: Coach
    hours: list[str]
    free: list[str]
    entries: list[Entry]


@dataclass
class CoachWeek:
    """A coach's week in numbers, and the pieces that her days are made of."""

    coach: Coach
    rules: BookingRules
    open: list[Piece]
    away: list[Piece]
    busy: list[Piece]
    sessions: list[CoachingSession] = field(default_factory=list)
    taken: list[Piece] = field(default_factory=list)  # by sessions, her own as a client too
    to_confirm: int = 0

    @property
    def minutes_booked(self) -> int:
        return sum(session.minutes for session in self.sessions)

    @cached_property
    def free(self) -> list[Piece]:
        return free_times.without(self.open, [*self.taken, *self.away, *self.busy])

    def minutes_free(self, since: datetime, until: datetime) -> int:
        return open_hours.minutes_in(open_hours.clipped(self.free, since, until))


@dataclass(frozen=True)
class Charges:
    """What a coach charges and on which notice."""

    coach: Coach
    rules: BookingRules
    prices: list[tuple[int, Decimal]]
    locations: list[str]

    @property
    def minimum_notice_hours(self) -> str:
        return f"{self.rules.minimum_notice_minutes / 60:g}"


class PracticeWeek:
    def __init__(self, monday: date, at: datetime, *, only: Coach | None = None) -> None:
        self.monday, self.at, self.only = monday, at, only
        self.since, self.until = london_midnight(monday), london_midnight(monday + WEEK)

    @property
    def code(self) -> str:
        return code_of(self.monday)

    @property
    def before(self) -> str:
        return code_of(self.monday - WEEK)

    @property
    def after(self) -> str:
        return code_of(self.monday + WEEK)

    @property
    def title(self) -> str:
        return formatting.date_range(self.monday, self.monday + 6 * DAY)

    @cached_property
    def all_coaches(self) -> list[Coach]:
        """Those who can sign in, and those who still have sessions in this week."""
        in_week = self._sessions().without_holds().order_by().values("coach")
        coaches = Coach.objects.filter(Q(user__is_active=True) | Q(pk__in=in_week))
        return list(coaches.select_related("user", "booking_rules").in_order())

    @cached_property
    def weeks(self) -> list[CoachWeek]:
        shown = [each for each in self.all_coaches if self.only in (None, each)]
        coaches = {coach.pk: coach for coach in shown}
        rules = {coach.pk: _rules_of(coach) for coach in shown}
        # A day more on both sides: a coach elsewhere has other dates.
        days = [self.monday + number * DAY for number in range(-1, DAYS + 1)]
        hours = open_hours.hours_of(coaches, rules, days[0], days[-1])
        window = self.since, self.until
        away = open_hours.time_off_of(coaches, window)
        busy = open_hours.busy_times_of(coaches, window)
        weeks = {
            coach.pk: CoachWeek(
                coach,
                rules[coach.pk],
                open_hours.clipped(
                    free_times.open_pieces(hours[coach.pk], days, ZoneInfo(coach.time_zone)),
                    *window,
                ),
                away[coach.pk],
                busy[coach.pk],
            )
            for coach in shown
        }
        self._add_sessions(weeks)
        return list(weeks.values())

    @cached_property
    def rows(self) -> list[tuple[date, bool, list[Cell]]]:
        """(date, whether it is today, a cell for each coach), Monday to Sunday."""
        today = london_date(self.at)
        dates = [self.monday + number * DAY for number in range(DAYS)]
        return [
            (day, day == today, [self._cell(week, day) for week in self.weeks]) for day in dates
        ]

    @property
    def numbers(self) -> list[tuple[CoachWeek, int]]:
        """(a coach's week, the minutes that are still free of it)."""
        since = max(self.since, self.at)
        return [(week, week.minutes_free(since, self.until)) for week in self.weeks]

    def _sessions(self):
        sessions = CoachingSession.objects.exclude(status=Status.CANCELLED)
        return sessions.filter(
            starts_at__gte=self.since - DAY, starts_at__lt=self.until, free_again_at__gt=self.since
        )

    def _add_sessions(self, weeks: dict[int, CoachWeek]) -> None:
        by_user = {week.coach.user_id: week for week in weeks.values()}
        sessions = self._sessions().filter(Q(coach__in=weeks) | Q(client__in=by_user))
        for session in sessions.select_related("client").order_by("starts_at", "pk"):
            is_hold = session.status == Status.HELD
            is_live = session.status in CoachingSession.LIVE
            if is_hold and session.held_until <= self.at:
                continue
            if week := weeks.get(session.coach_id):
                if not is_hold:
                    week.sessions.append(session)
                    week.to_confirm += session.is_to_confirm(self.at)
                if is_live:
                    week.taken.append((session.starts_at, session.free_again_at))
            if is_live and (as_client := by_user.get(session.client_id)):
                as_client.taken.append((session.starts_at, session.ends_at))

    def _cell(self, week: CoachWeek, day: date) -> Cell:
        since, until = london_midnight(day), london_midnight(day + DAY)
        entries = [
            Entry(
                session.starts_at,
                _words((session.starts_at, session.ends_at), since, until),
                session=session,
                is_to_confirm=session.is_to_confirm(self.at),
            )
            for session in week.sessions
            if session.starts_at < until and session.ends_at > since
        ]
        for kind, pieces in (("off", week.away), ("busy", week.busy)):
            for piece in open_hours.clipped(pieces, since, until):
                entries.append(Entry(piece[0], _words(piece, since, until), kind))
        free = open_hours.clipped(week.free, max(since, self.at), until)
        return Cell(
            week.coach,
            [_words(piece, since, until) for piece in open_hours.clipped(week.open, since, until)],
            [_words(piece, since, until) for piece in free],
            sorted(entries, key=lambda entry: entry.starts_at),
        )


def charges(coaches: list[Coach]) -> list[Charges]:
    """What each coach charges: a price for every length that she offers."""
    found = []
    for coach in coaches:
        rules = _rules_of(coach)
        prices = [
            (minutes, pricing.pricing_for(coach, minutes=minutes, rules=rules).price)
            for minutes in pricing.offered_lengths(coach, rules)
        ]
        locations = [str(each.label) for each in pricing.offered_locations(rules)]
        found.append(Charges(coach, rules, prices, locations))
    return found


def _rules_of(coach: Coach) -> BookingRules:
    """Of a coach read with hers; the usual ones where she has set none."""
    return getattr(coach, "booking_rules", None) or BookingRules(coach=coach)


def _words(piece: Piece, since: datetime, until: datetime) -> str:
    """9am to 10:30am; what reaches beyond the day ends with it."""
    start, end = max(piece[0], since), min(piece[1], until)
    if (start, end) == (since, until):
        return "All day"
    ends = "midnight" if end == until else formatting.clock(end)
    return f"{'midnight' if start == since else formatting.clock(start)} to {ends}"
