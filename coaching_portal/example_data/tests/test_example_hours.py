from datetime import UTC, datetime, timedelta

import pytest

from bookings.availability import slot_queries
from bookings.models import BookingRules, WeeklyHours
from coaching_portal.example_data import hours
from coaching_portal.example_data.people import coach

pytestmark = pytest.mark.django_db
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_the_example_s_coaches_can_be_booked():
    hours.load(SUNDAY)

    week = {"minutes": 60, "since": SUNDAY, "until": SUNDAY + timedelta(days=7), "at": SUNDAY}
    tracy, owen = (slot_queries.open_slots(coach(handle), **week) for handle in ("coach", "coach2"))
    assert tracy[0] == datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(minutes=90)
    assert {start.weekday() for start in tracy} == {0, 1, 3, 4}
    assert owen[0] == datetime(2026, 11, 23, 17, tzinfo=UTC)


def test_loading_it_again_changes_nothing():
    hours.load(SUNDAY)
    hours.load(SUNDAY + timedelta(days=1))

    assert BookingRules.objects.count() == 2
    assert WeeklyHours.objects.count() == 12
