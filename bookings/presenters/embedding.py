"""The next free times of a coach, few enough to be read on another site."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser

from bookings import pricing
from bookings.models import BookingRules
from bookings.presenters.next_times import free_soon, usual_length
from bookings.presenters.picker import PARTS_OF_THE_DAY, Slot, slots_by_day
from profiles.models import Coach

DAYS = 5


@dataclass(frozen=True)
class EmbeddedTimes:
    """Of each day at most a time in the morning, one in the afternoon, one in the evening."""

    coach: Coach
    minutes: int
    days: list[tuple[date, list[Slot]]]

    @property
    def is_first_conversation(self) -> bool:
        return self.minutes == pricing.INTRODUCTION_MINUTES


def embedded_times(coach: Coach, rules: BookingRules, at: datetime) -> EmbeddedTimes:
    minutes = usual_length(coach, rules, AnonymousUser())
    free = free_soon(coach, rules, minutes, at)
    days = list(slots_by_day(free, coach.time_zone).items())[:DAYS]
    return EmbeddedTimes(coach, minutes, [(day, _spread(slots)) for day, slots in days])


def _spread(slots: list[Slot]) -> list[Slot]:
    """The first of each part of the day."""
    found: dict[str, Slot] = {}
    for slot in slots:
        part = next(name for name, ends in PARTS_OF_THE_DAY if slot.local.hour < ends)
        found.setdefault(part, slot)
    return list(found.values())
