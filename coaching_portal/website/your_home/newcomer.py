"""What somebody without a role yet can begin with."""

from dataclasses import dataclass

from bookings import pricing
from bookings.pricing import INTRODUCTION_MINUTES
from coaching_portal.website.your_home.section import Section
from profiles.models import Coach, User


@dataclass(frozen=True, kw_only=True)
class NewcomerSection(Section):
    key = "begin"
    name = "Where to begin"
    template = "website/_home_newcomer.html"

    # The coach with whom a first conversation is free; None where there is none.
    coach: Coach | None
    minutes: int = INTRODUCTION_MINUTES


def section(user: User) -> NewcomerSection:
    coach = Coach.objects.public().in_order().first()
    if coach and not pricing.offers_introduction(coach, pricing.booking_rules_for(coach), user):
        coach = None
    return NewcomerSection(coach=coach)
