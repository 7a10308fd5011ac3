"""What tests of booking start from: a coach with hours, and sessions made by the real actions."""

from datetime import time, timedelta

from bookings import actions, agreement_texts
from bookings.models import BookingRules, Programme, WeeklyHours
from bookings.wishes import Acceptance, Details, Wish
from coaching_portal.testing import NINE

WEEKS_AHEAD = NINE - timedelta(days=30)


def open_hours(coach, **rules):
    """Monday to Friday 09:00 to 17:00, a start every half hour."""
    for weekday in range(5):
        WeeklyHours.objects.get_or_create(
            coach=coach, weekday=weekday, starts=time(9), ends=time(17)
        )
    BookingRules.objects.update_or_create(coach=coach, defaults=rules)


def accepted(coach, **details):
    """Details with the short form accepted."""
    return Details(acceptance=Acceptance(agreement_texts.short_form(coach)), **details)


def book_session(
    coach, client, *, starts_at=NINE, minutes=60, at=WEEKS_AHEAD, programme=None, by=None, **details
):
    """A session booked by the client, thirty days ahead of 09:00 unless said otherwise."""
    if not coach.weekly_hours.exists():
        open_hours(coach)
    return actions.book(
        wish=Wish(coach, starts_at, minutes, programme=programme),
        client=client,
        by=by or client,
        at=at,
        details=accepted(coach, **details),
    )


def agreed_programme(coach, client, *, sessions=6, rate=None, at=WEEKS_AHEAD, **terms):
    """A programme whose terms the client has accepted."""
    from bookings.models import Agreement

    text = agreement_texts.stored(agreement_texts.short_form(coach))
    agreement = Agreement.objects.create(
        text=text, sha256=text.sha256, accepted_by=client, accepted_at=at
    )
    return Programme.objects.create(
        coach=coach,
        client=client,
        status=Programme.Status.AGREED,
        sessions_agreed=sessions,
        rate=rate or coach.hourly_rate,
        review_on=(at + timedelta(days=90)).date(),
        text=text,
        agreement=agreement,
        proposed_at=at,
        **terms,
    )
