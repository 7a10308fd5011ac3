"""The coach says how she may be booked."""

from datetime import UTC, datetime

import pytest
import time_machine

from bookings.models import BookingRules

pytestmark = pytest.mark.django_db
NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
OVERVIEW = "/calendar/hours/"
RULES = {
    "accepts_bookings": "on",
    "lengths": ["60", "90"],
    "offers_video": "on",
    "video_room_url": "https://video.example.org/una",
    "grid_minutes": "15",
    "buffer_minutes": "10",
    "notice_hours": "1.5",
    "horizon_days": "60",
    "most_sessions_a_day": "",
    "most_minutes_a_day": "240",
    "cancellation_notice_hours": "24",
}


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(NOW, tick=False):
        yield


def test_rules_are_kept(as_coach, coach):
    as_coach.post(OVERVIEW + "rules/", RULES)

    rules = BookingRules.objects.get(coach=coach)
    assert rules.lengths == [60, 90]
    assert rules.minimum_notice_minutes == 90
    assert rules.most_sessions_a_day is None
    assert rules.most_minutes_a_day == 240
    assert not rules.offers_introduction
    assert 'value="1.5"' in as_coach.get(OVERVIEW + "rules/").text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lengths": []}, "Choose at least one length."),
        ({"lengths": ["61"]}, "61"),
        ({"offers_video": ""}, "Choose at least one location."),
        ({"video_room_url": "http://video.example.org/una"}, "https://"),
        ({"grid_minutes": "4"}, "Enter 5 or more."),
        ({"grid_minutes": "241"}, "Enter 240 or less."),
        ({"buffer_minutes": "-1"}, "Enter 0 or more."),
        ({"horizon_days": "731"}, "Enter 730 or less."),
        ({"horizon_days": ""}, "Enter a number."),
        ({"most_sessions_a_day": "0"}, "Enter 1 or more."),
        ({"notice_hours": ""}, "Enter the minimum notice in hours."),
        ({"notice_hours": "-1"}, "greater than or equal to 0"),
    ],
)
def test_rules_that_cannot_be_are_refused_in_words(as_coach, coach, changes, words):
    answer = as_coach.post(OVERVIEW + "rules/", RULES | changes)

    assert words in answer.text
    assert not BookingRules.objects.exists()
