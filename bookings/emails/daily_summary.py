"""The coach's evening: tomorrow's sessions, and today's that wait to be confirmed."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bookings.models import CoachingSession
from coaching_portal.common.dates import local_midnight
from profiles.models import Coach

BEGINS = time(18, 0)
DAY = timedelta(days=1)


def date_if_evening(coach: Coach, at: datetime) -> date | None:
    """Her local date where her evening has begun, else None."""
    local = at.astimezone(ZoneInfo(coach.time_zone))
    return local.date() if local.time() >= BEGINS else None


class Evening:
    """What there is to tell a coach on the evening of `date`; false where there is nothing."""

    def __init__(self, coach: Coach, date: date) -> None:
        self.coach, self.date, self.tomorrow = coach, date, date + DAY

    def __bool__(self) -> bool:
        return bool(self.sessions)

    @cached_property
    def sessions(self) -> list[CoachingSession]:
        """Booked ones of both days: one that is settled is no longer only booked."""
        since, until = self._starts_of(self.date), self._starts_of(self.tomorrow + DAY)
        booked = CoachingSession.objects.booked_to_start(since, until).filter(coach=self.coach)
        return list(booked.select_related("client").order_by("starts_at"))

    @property
    def to_confirm(self) -> list[CoachingSession]:
        return [s for s in self.sessions if s.starts_at < self._midnight]

    @property
    def of_tomorrow(self) -> list[CoachingSession]:
        return [s for s in self.sessions if s.starts_at >= self._midnight]

    @property
    def _midnight(self) -> datetime:
        return self._starts_of(self.tomorrow)

    def _starts_of(self, date: date) -> datetime:
        return local_midnight(date, self.coach.time_zone)
