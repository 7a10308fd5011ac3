"""What lies in a coach's calendar between two instants: sessions, time off, busy elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from bookings import pricing
from bookings.availability import recurring_time_off, slot_queries
from bookings.availability.free_times import Shift
from bookings.models import BusyTime, CoachingSession
from coaching_portal.common.dates import DAY, local_midnight
from profiles.models import Coach

# A coach who looks at a month sees the days of the weeks at its ends too.
MOST_DAYS = 62


@dataclass(frozen=True)
class Entry:
    """A session, time off, or what another calendar says is busy."""

    starts_at: datetime
    ends_at: datetime
    session: CoachingSession | None = None
    reason: str = ""
    is_elsewhere: bool = False
    words: str = ""  # of time off in a week that is drawn: when, where it lies in one day


def entries_between(coach: Coach, since: datetime, until: datetime) -> Iterator[Entry]:
    """All that overlaps [since, until), cancelled sessions apart: one query for each kind."""
    sessions = (
        CoachingSession.objects.filter(
            coach=coach, starts_at__gte=since - DAY, starts_at__lt=until, ends_at__gt=since
        )
        .without_holds()
        .exclude(status=CoachingSession.Status.CANCELLED)
        .select_related("client")
    )
    for session in sessions:
        session.coach = coach  # read once, whatever the session is asked
        yield Entry(session.starts_at, session.ends_at, session)
    zone = ZoneInfo(coach.time_zone)
    for period in coach.time_off.reaching(since, until):
        recurrence = period.starts_at, period.ends_at, period.recurrence
        for starts_at, ends_at in recurring_time_off.periods(
            *recurrence, zone=zone, window=(since, until)
        ):
            yield Entry(starts_at, ends_at, reason=period.reason)
    for busy in BusyTime.objects.filter(coach=coach).overlapping(since, until):
        yield Entry(busy.starts_at, busy.ends_at, is_elsewhere=True)


class CalendarEvents:
    """The entries of the dates `first` to `last` as the script of the calendar draws them.

    Everything is wall time in the coach's zone, without an offset: whatever zone the browser keeps,
    what is drawn and what is dropped are the coach's clock.
    """

    def __init__(self, coach: Coach, first: date, last: date, at: datetime) -> None:
        self.coach, self.first, self.last, self.at = coach, first, last, at
        self.zone = ZoneInfo(coach.time_zone)

    def as_json(self) -> list[dict[str, Any]]:
        """The hours first, as a background; then the entries in order."""
        since, until = (local_midnight(each, self.zone) for each in (self.first, self.last + DAY))
        entries = sorted(entries_between(self.coach, since, until), key=lambda each: each.starts_at)
        return [*self._hours(), *(self._event(entry) for entry in entries)]

    def _hours(self) -> Iterator[dict[str, Any]]:
        rules = pricing.booking_rules_for(self.coach)
        hours = slot_queries.hours_between(self.coach, rules, self.first, self.last)
        for number in range((self.last - self.first).days + 1):
            day = self.first + number * DAY
            for shift in hours.on(day):
                yield {"display": "background", "classNames": ["event-hours"], **_span(day, shift)}

    def _event(self, entry: Entry) -> dict[str, Any]:
        starts, ends = self._wall(entry.starts_at), self._wall(entry.ends_at)
        if ends <= starts:  # the clocks went back meanwhile
            ends = starts + (entry.ends_at - entry.starts_at)
        event = {"start": _written(starts), "end": _written(ends), "editable": False}
        if entry.session:
            return event | self._session(entry.session)
        words = "Busy in another calendar" if entry.is_elsewhere else "Time off"
        title = f"{words}: {entry.reason}" if entry.reason else words
        return event | {"title": title, "classNames": ["event-off"]}

    def _session(self, session: CoachingSession) -> dict[str, Any]:
        can_move = session.can_be_moved(by=self.coach.user, at=self.at)
        state = "To confirm" if session.is_to_confirm(self.at) else session.get_status_display()
        return {
            "id": str(session.uuid),
            "title": str(session.client or "Team"),
            "editable": can_move,
            "durationEditable": session.length_can_change(by=self.coach.user, at=self.at),
            "classNames": [f"event-{session.status.lower().replace('_', '-')}"],
            "extendedProps": {
                "page": session.get_absolute_url(),
                "time": reverse("bookings:change_time", args=[session.uuid]),
                "words": f"{session.get_kind_display()}, {session.get_location_display().lower()}",
                "state": state,
                "isPlain": session.is_booked and state != "To confirm",
            },
        }

    def _wall(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(tzinfo=None)


def _span(day: date, shift: Shift) -> dict[str, str]:
    """A shift's first and last instant; midnight as an end is the end of the day."""
    starts = datetime.combine(day, shift.starts)
    ends = datetime.combine(day, shift.ends)
    return {"start": _written(starts), "end": _written(ends if ends > starts else ends + DAY)}


def _written(wall: datetime) -> str:
    return wall.isoformat(timespec="seconds")
