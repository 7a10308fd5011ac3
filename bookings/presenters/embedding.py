"""The next free times of a coach, few enough to be read on another site."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bookings import pricing
from bookings.availability import slot_queries
from bookings.models import BookingRules
from bookings.presenters.picker import PARTS_OF_THE_DAY, Slot, slots_by_day
from profiles.models import Coach

LOOK_AHEAD = timedelta(days=28)
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
    minutes = next(iter(pricing.lengths_open_to(None, coach, rules)), pricing.INTRODUCTION_MINUTES)
    free = slot_queries.open_slots(
        coach,
        minutes=minutes,
        since=at,
        until=at + LOOK_AHEAD,
        at=at,
        # Where the links lead without asking for a location.
        location=pricing.usual_location(rules),
        stored=rules,
    )
    days = list(slots_by_day(free, coach.time_zone).items())[:DAYS]
    return EmbeddedTimes(coach, minutes, [(day, _spread(slots)) for day, slots in days])


def _spread(slots: list[Slot]) -> list[Slot]:
    """The first of each part of the day."""
    found: dict[str, Slot] = {}
    for slot in slots:
        part = next(name for name, ends in PARTS_OF_THE_DAY if slot.local.hour < ends)
        found.setdefault(part, slot)
    return list(found.values())
