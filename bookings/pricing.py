"""What a session costs and on which notice it may be cancelled: always from our own rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from bookings.models import BookingRules, CoachingSession, Programme
from coaching_portal.billing import amounts
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.models import Coach, User
from profiles.models.coaches import CoachQuerySet

INTRODUCTION_MINUTES = 30
FREE = Decimal("0.00")
_RULES = PreparedQuery(lambda coach: BookingRules.objects.filter(coach=coach))


@dataclass(frozen=True)
class Pricing:
    rate: Decimal
    price: Decimal
    cancellation_notice_hours: int


def booking_rules_for(coach: Coach) -> BookingRules:
    """The coach's booking rules; the usual ones where she has set none."""
    return _RULES.first(coach=coach.pk) or BookingRules(coach=coach)


def cancellation_notices(coaches: CoachQuerySet) -> list[int]:
    """The hours of notice of each of these coaches, the usual ones where none are set."""
    usual = BookingRules().cancellation_notice_hours
    found = coaches.order_by().values_list("booking_rules__cancellation_notice_hours", flat=True)
    return [usual if hours is None else hours for hours in found] or [usual]


def hourly_rates(coaches: Iterable[Coach]) -> list[Decimal]:
    """The different rates of these coaches, lowest first; the usual one where there are none."""
    return sorted({coach.hourly_rate for coach in coaches}) or [Coach().hourly_rate]


def kind_for(minutes: int | None, programme: Programme | None = None) -> CoachingSession.Kind:
    """Half an hour is the free introduction; a programme's sessions are what it says they are."""
    if minutes == INTRODUCTION_MINUTES and programme is None:
        return CoachingSession.Kind.INTRODUCTION
    return CoachingSession.Kind.INDIVIDUAL


def pricing_for(
    coach: Coach,
    *,
    minutes: int,
    programme: Programme | None = None,
    rules: BookingRules | None = None,
) -> Pricing:
    if programme:
        price = amounts.session_price(programme.rate, minutes)
        return Pricing(programme.rate, price, programme.cancellation_notice_hours)
    notice = (rules or booking_rules_for(coach)).cancellation_notice_hours
    if kind_for(minutes) == CoachingSession.Kind.INTRODUCTION:
        return Pricing(FREE, FREE, notice)
    price = amounts.session_price(coach.hourly_rate, minutes)
    return Pricing(coach.hourly_rate, price, notice)


def offered_lengths(
    coach: Coach, rules: BookingRules, programme: Programme | None = None
) -> list[int]:
    """The lengths that can be chosen, the introduction first; a programme has its own."""
    if programme:
        return [programme.minutes]
    introduction = [INTRODUCTION_MINUTES] if rules.offers_introduction else []
    return [*introduction, *sorted(rules.lengths)]


def other_lengths(session: CoachingSession, rules: BookingRules) -> list[int]:
    """The lengths that a booked session can get: its programme's, or those that are offered.

    A free first conversation keeps its own: a longer one would be a session to be paid for.
    """
    if session.is_introduction:
        return []
    offered = offered_lengths(session.coach, rules, session.programme)
    if not session.programme:
        offered = [each for each in offered if each != INTRODUCTION_MINUTES]
    return [each for each in offered if each != session.minutes]


def of_another_length(session: CoachingSession, minutes: int) -> Pricing:
    """What it costs then: by its programme, or by the rate at which it was booked."""
    if session.programme:
        return pricing_for(session.coach, minutes=minutes, programme=session.programme)
    price = amounts.session_price(session.rate, minutes)
    return Pricing(session.rate, price, session.cancellation_notice_hours)


def offers_introduction(coach: Coach, rules: BookingRules, client: User | None = None) -> bool:
    """Whether the free first conversation is open to the client; to a visitor (None) it may be."""
    if not rules.offers_introduction:
        return False
    return client is None or not CoachingSession.objects.introductions(coach, client).exists()


def lengths_open_to(client: User | None, coach: Coach, rules: BookingRules) -> list[int]:
    """The lengths of single sessions that this client, or a visitor (None), can choose from."""
    lengths = offered_lengths(coach, rules)
    if INTRODUCTION_MINUTES in lengths and not offers_introduction(coach, rules, client):
        lengths.remove(INTRODUCTION_MINUTES)
    return lengths


def usual_location(rules: BookingRules) -> str:
    """The location of a session for which none was chosen; empty where none is offered."""
    return next(iter(offered_locations(rules)), "")


def offered_locations(rules: BookingRules) -> list[CoachingSession.Location]:
    """The locations that can be chosen, in the order of CoachingSession.Location."""
    offers = {
        CoachingSession.Location.VIDEO: rules.offers_video,
        CoachingSession.Location.TELEPHONE: rules.offers_telephone,
        CoachingSession.Location.PRACTICE: rules.offers_practice,
        CoachingSession.Location.WORKPLACE: rules.offers_workplace,
    }
    return [location for location in CoachingSession.Location if offers[location]]
