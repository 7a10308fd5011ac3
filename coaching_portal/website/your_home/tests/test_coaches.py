"""What a coach finds after sign-in."""

from datetime import timedelta

import pytest

from bookings.actions import extensions, programmes
from bookings.models import BookingRules
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    book_session,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import Coach

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
DAY = timedelta(days=1)
ROOM = "https://video.example.org/una"
# The London midnight that begins the day of NINE.
MIDNIGHT = NINE - 9 * HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(coach, client_user):
    booked = book_session(coach, client_user)
    BookingRules.objects.update(video_room_url=ROOM)
    return booked


def line(page, name):
    """What stands under a name of the list."""
    return page.partition(f"<dt>{name}</dt>")[2].partition("</div>")[0]


@pytest.mark.parametrize(("at", "under"), [(-SECOND, "Next after today"), (SECOND, "Today")])
def test_a_session_is_todays_from_midnight(home, coach, session, at, under):
    page = home(coach.user, at=MIDNIGHT + at)

    assert "Cleo Client" in line(page, under)
    assert page.count("Cleo Client") == 1


def test_today_is_that_of_the_coach(home, coach, session):
    Coach.objects.update(time_zone="Pacific/Auckland")  # where the day began eleven hours before

    assert "Cleo Client" in line(home(coach.user, at=MIDNIGHT - SECOND), "Today")


@pytest.mark.parametrize(
    ("at", "can_be_joined"),
    [
        (-10 * MINUTE - SECOND, False),
        (-10 * MINUTE, True),
        (HOUR - SECOND, True),
        (HOUR, False),
    ],
)
def test_a_session_is_joined_from_ten_minutes_before(home, coach, session, at, can_be_joined):
    assert (ROOM in home(coach.user, at=NINE + at)) is can_be_joined


@pytest.mark.parametrize(("at", "waits"), [(HOUR - SECOND, False), (HOUR, True)])
def test_a_session_is_to_confirm_once_it_is_over(home, coach, session, at, waits):
    page = home(coach.user, at=NINE + at)

    assert ("/calendar/confirm/2027-06-07/" in page) is waits


@pytest.mark.parametrize(("days", "is_shown"), [(-1, True), (30, True), (31, False)])
def test_reviews_within_thirty_days_and_overdue_ones_are_shown(
    home, coach, client_user, days, is_shown
):
    agreed_programme(coach, client_user, review_on=(NINE + days * DAY).date())

    page = home(coach.user, at=NINE)

    assert ("Cleo Client" in line(page, "Reviews within 30 days")) is is_shown
    assert ("Overdue" in page) is (days < 0)


def test_proposals_and_extensions_wait_until_they_are_answered(home, coach, client_user):
    agreed = agreed_programme(coach, client_user)
    proposed = proposed_programme(coach, client_user, sessions=3)
    extension = extensions.propose(
        programme=agreed,
        sessions_added=2,
        new_review_on=(NINE + 200 * DAY).date(),
        by=coach.user,
        at=NINE,
    )
    waiting = line(home(coach.user, at=NINE), "Waiting for an answer")

    programmes.decline(programme=proposed, at=NINE)
    extensions.decline(extension=extension, at=NINE)
    answered = home(coach.user, at=NINE)

    assert "Cleo Client: programme of 3 sessions" in waiting
    assert "Cleo Client: 2 more sessions" in waiting
    assert "Waiting for an answer" not in answered


def test_another_coach_sees_nothing_of_it(home, coach, client_user, stranger, session):
    Coach.objects.create(user=stranger, slug="olu-other")
    agreed_programme(coach, client_user, review_on=(NINE + 5 * DAY).date())
    proposed_programme(coach, client_user)

    for at in (NINE - MINUTE, NINE + DAY):
        page = home(stranger, at=at)
        assert "Cleo" not in page
        assert "Set your hours" in page
