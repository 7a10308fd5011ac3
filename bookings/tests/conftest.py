"""Sessions for tests about what follows from them, not about how they are booked."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.availability import slot_queries
from bookings.models import CoachingSession, SessionEvent
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, accepted, open_hours
from coaching_portal.testing.plugin import NINE

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def as_coach(signed_in, coach):
    """Django's test client, signed in as the coach."""
    return signed_in(coach.user)


@pytest.fixture
def make_session(coach, client_user):
    """make_session(NINE, minutes=60): a booked session with its history begun."""

    def make(starts_at=NINE, minutes=60, **fields):
        ends_at = starts_at + timedelta(minutes=minutes)
        fields = {
            "coach": coach,
            "client": client_user,
            "status": "BOOKED",
            "rate": Decimal(75),
            "price": Decimal(75) * minutes / 60,
            "booked_by": client_user,
        } | fields
        session = CoachingSession.objects.create(
            starts_at=starts_at, ends_at=ends_at, free_again_at=ends_at, **fields
        )
        SessionEvent.objects.create(
            session=session, what="BOOKED", at=starts_at - timedelta(days=9), starts_at=starts_at
        )
        return session

    return make


@pytest.fixture
def book(coach, client_user):
    """book(in_=5 * DAY): a session that starts so long from now, booked a month before."""
    open_hours(coach, video_room_url="https://video.example.org/una")

    def book(*, in_=5 * DAY, booked=30 * DAY, client=client_user, **details):
        now = timezone.now()
        details = accepted(coach, **details)
        booking_request = BookingRequest(coach, now + in_, 60, outside_hours=True)
        booked_at = min(now, booking_request.starts_at) - booked
        # The coach books at any hour; the payer and needs are as if the client had said them.
        session = actions.book(
            booking_request=booking_request,
            client=client,
            by=coach.user,
            at=booked_at,
            details=details,
        )
        CoachingSession.objects.filter(pk=session.pk).update(needs=details.needs)
        session.refresh_from_db()
        return session

    return book


@pytest.fixture
def free(coach):
    """free(n): the n-th open hour from three weeks on, so that no 14 days are in the way."""
    open_hours(coach, offers_workplace=True)
    at, found = timezone.now(), {}

    def free(number=0, ahead=21 * DAY):
        if ahead not in found:
            since = at + ahead
            asked = {"minutes": 60, "since": since, "until": since + 14 * DAY, "at": at}
            found[ahead] = slot_queries.open_slots(coach, **asked)
        return found[ahead][2 * number]

    return free


@pytest.fixture
def weeks_ahead():
    """The clock stands thirty days before NINE."""
    with time_machine.travel(WEEKS_AHEAD, tick=False):
        yield
