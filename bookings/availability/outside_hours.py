"""Booked sessions that the coach's hours would not offer now: they stay until she moves them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bookings import pricing
from bookings.availability import free_times, slot_queries
from bookings.models import BookingRules, CoachingSession
from coaching_portal.common.dates import local_date
from profiles.models import Coach


def sessions_outside_hours(
    coach: Coach, at: datetime, rules: BookingRules | None = None
) -> list[CoachingSession]:
    """The coach's upcoming sessions that lie outside her hours or in her time off, in order.

    `rules` are the coach's, where they have been read.
    """
    booked = CoachingSession.objects.filter(coach=coach).upcoming(at).select_related("client")
    sessions = sorted(booked, key=lambda each: (each.starts_at, each.pk))
    return _those_outside(coach, sessions, rules) if sessions else []


def is_outside_hours(session: CoachingSession) -> bool:
    """Whether one session, as it is or as it shall be, lies outside them or in her time off."""
    return bool(_those_outside(session.coach, [session]))


def _those_outside(
    coach: Coach, sessions: list[CoachingSession], rules: BookingRules | None = None
) -> list[CoachingSession]:
    """`sessions` are in order."""
    zone = ZoneInfo(coach.time_zone)
    window = sessions[0].starts_at, max(each.ends_at for each in sessions)
    first, last = (local_date(moment, zone) for moment in (window[0], sessions[-1].starts_at))
    rules = rules or pricing.booking_rules_for(coach)
    hours = slot_queries.hours_between(coach, rules, first, last)
    away = slot_queries.time_off_between(coach, window)
    return [each for each in sessions if _is_outside(each, hours, away, zone)]


def _is_outside(
    session: CoachingSession,
    hours: free_times.Hours,
    away: list[free_times.Period],
    zone: ZoneInfo,
) -> bool:
    starts_at, ends_at = session.starts_at, session.ends_at
    is_inside = free_times.lies_within(
        hours, starts_at, ends_at, location=session.location, zone=zone
    )
    return not is_inside or any(
        starts_at < period.ends_at and ends_at > period.starts_at for period in away
    )
