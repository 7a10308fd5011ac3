"""Sessions for tests about what follows from them, not about how they are booked."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings.models import CoachingSession, SessionEvent
from coaching_portal.testing import NINE


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
