"""The coach's evening: tomorrow's sessions, and today's that wait to be confirmed."""

from datetime import datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bookings.models import CoachingSession

BEGINS = time(18, 0)
DAY = timedelta(days=1)


def date_if_evening(coach, at):
    """Her local date where her evening has begun, else None."""
    local = at.astimezone(ZoneInfo(coach.time_zone))
    return local.date() if local.time() >= BEGINS else None


def midnight_after(coach, date):
    """The end of a local date, as an instant."""
    return datetime.combine(date + DAY, time(), tzinfo=ZoneInfo(coach.time_zone))


class Evening:
    """What there is to tell a coach on the evening of `date`; false where there is nothing."""

    def __init__(self, coach, date):
        self.coach, self.date, self.tomorrow = coach, date, date + DAY

    def __bool__(self):
        return bool(self.sessions)

    @cached_property
    def sessions(self):
        """Booked ones of both days: one that is settled is no longer only booked."""
        since = midnight_after(self.coach, self.date - DAY)
        until = midnight_after(self.coach, self.tomorrow)
        booked = CoachingSession.objects.booked_to_start(since, until).filter(coach=self.coach)
        return list(booked.select_related("client").order_by("starts_at"))

    @property
    def to_confirm(self):
        return [s for s in self.sessions if s.starts_at < self._midnight]

    @property
    def of_tomorrow(self):
        return [s for s in self.sessions if s.starts_at >= self._midnight]

    @property
    def _midnight(self):
        return midnight_after(self.coach, self.date)
