"""What a session costs and on which notice it may be cancelled: always from our own rows."""

from dataclasses import dataclass
from decimal import Decimal

from bookings.models import BookingRules, CoachingSession
from coaching_portal.billing import amounts
from profiles.models import Coach

INTRODUCTION_MINUTES = 30
FREE = Decimal("0.00")


@dataclass(frozen=True)
class Pricing:
    rate: Decimal
    price: Decimal
    cancellation_notice_hours: int


def booking_rules_for(coach):
    """The coach's booking rules; the usual ones where she has set none."""
    return BookingRules.objects.filter(coach=coach).first() or BookingRules(coach=coach)


def cancellation_notices(coaches):
    """The hours of notice of each of these coaches, the usual ones where none are set."""
    usual = BookingRules().cancellation_notice_hours
    found = coaches.order_by().values_list("booking_rules__cancellation_notice_hours", flat=True)
    return [usual if hours is None else hours for hours in found] or [usual]


def hourly_rates(coaches):
    """The different rates of these coaches, lowest first; the usual one where there are none."""
    return sorted({coach.hourly_rate for coach in coaches}) or [Coach().hourly_rate]


def kind_for(minutes, programme=None):
    """Half an hour is the free introduction; a programme's sessions are what it says they are."""
    if minutes == INTRODUCTION_MINUTES and programme is None:
        return CoachingSession.Kind.INTRODUCTION
    return CoachingSession.Kind.INDIVIDUAL


def pricing_for(coach, *, minutes, programme=None, rules=None):
    if programme:
        price = amounts.session_price(programme.rate, minutes)
        return Pricing(programme.rate, price, programme.cancellation_notice_hours)
    notice = (rules or booking_rules_for(coach)).cancellation_notice_hours
    if kind_for(minutes) == CoachingSession.Kind.INTRODUCTION:
        return Pricing(FREE, FREE, notice)
    price = amounts.session_price(coach.hourly_rate, minutes)
    return Pricing(coach.hourly_rate, price, notice)


def offered_lengths(coach, rules, programme=None):
    """The lengths that can be chosen, the introduction first; a programme has its own."""
    if programme:
        return [programme.minutes]
    introduction = [INTRODUCTION_MINUTES] if rules.offers_introduction else []
    return [*introduction, *sorted(rules.lengths)]


def offers_introduction(coach, rules, client=None):
    """Whether the free first conversation is open to the client; to a visitor (None) it may be."""
    if not rules.offers_introduction:
        return False
    return client is None or not CoachingSession.objects.introductions(coach, client).exists()


def lengths_open_to(client, coach, rules):
    """The lengths of single sessions that this client, or a visitor (None), can choose from."""
    lengths = offered_lengths(coach, rules)
    if INTRODUCTION_MINUTES in lengths and not offers_introduction(coach, rules, client):
        lengths.remove(INTRODUCTION_MINUTES)
    return lengths


def offered_locations(rules):
    """The locations that can be chosen, in the order of CoachingSession.Location."""
    offers = {
        CoachingSession.Location.VIDEO: rules.offers_video,
        CoachingSession.Location.TELEPHONE: rules.offers_telephone,
        CoachingSession.Location.PRACTICE: rules.offers_practice,
        CoachingSession.Location.WORKPLACE: rules.offers_workplace,
    }
    return [location for location in CoachingSession.Location if offers[location]]
