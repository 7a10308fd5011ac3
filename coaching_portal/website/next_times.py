"""The next free times with a coach, on different days, each leading to that time."""

from datetime import timedelta

from bookings import pricing
from bookings.availability import slot_queries
from bookings.presenters import picker
from bookings.pricing import INTRODUCTION_MINUTES

LOOK_AHEAD = timedelta(days=28)
DAYS = 3


def usual_length(coach, rules, user):
    """A first conversation, to whom it is open; otherwise the shortest session."""
    if coach is None:
        return INTRODUCTION_MINUTES
    client = user if user.is_authenticated else None
    lengths = pricing.lengths_open_to(client, coach, rules)
    return next(iter(lengths), INTRODUCTION_MINUTES)


def next_times(coach, rules, minutes, at):
    """The next free times of a session of that length, on three different days."""
    if coach is None:
        return []
    until = at + LOOK_AHEAD
    # Where the link leads without asking for a location: another's times would be refused there.
    location = pricing.usual_location(rules)
    free = slot_queries.open_slots(
        coach, minutes=minutes, since=at, until=until, at=at, location=location, stored=rules
    )
    return picker.first_of_days(free, coach.time_zone, DAYS)
