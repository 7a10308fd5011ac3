"""The next free times with a coach, on different days, each leading to that time."""

from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser

from bookings import pricing
from bookings.availability import slot_queries
from bookings.models import BookingRules
from bookings.presenters import picker
from bookings.pricing import INTRODUCTION_MINUTES
from profiles.models import Coach, User

LOOK_AHEAD = timedelta(days=28)
DAYS = 3


def usual_length(
    coach: Coach | None, rules: BookingRules | None, user: User | AnonymousUser
) -> int:
    """A first conversation, to whom it is open; otherwise the shortest session."""
    if coach is None or rules is None:
        return INTRODUCTION_MINUTES
    client = user if isinstance(user, User) else None
    lengths = pricing.lengths_open_to(client, coach, rules)
    return next(iter(lengths), INTRODUCTION_MINUTES)


def next_times(
    coach: Coach | None, rules: BookingRules | None, minutes: int, at: datetime
) -> list[datetime]:
    """The next free times of a session of that length, on three different days."""
    if coach is None or rules is None:
        return []
    return picker.first_of_days(free_soon(coach, rules, minutes, at), coach.time_zone, DAYS)


def free_soon(coach: Coach, rules: BookingRules, minutes: int, at: datetime) -> list[datetime]:
    """All free starts of the next four weeks."""
    until = at + LOOK_AHEAD
    # Where the link leads without asking for a location: another's times would be refused there.
    location = pricing.usual_location(rules)
    return slot_queries.open_slots(
        coach, minutes=minutes, since=at, until=until, at=at, location=location, stored=rules
    )
