"""What a coach finds after sign-in."""

from datetime import timedelta

import pytest

from bookings.actions import connections, extensions, programmes
from bookings.connections.providers import Credentials
from bookings.models import BookingRules, CalendarConnection, CalendarEntry, ConnectedCalendar
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


# --- Calendars elsewhere ------------------------------------------------------------------


@pytest.fixture
def connection(coach):
    made = connections.connect(
        coach=coach,
        kind="CALDAV",
        label="Fastmail",
        credentials=Credentials("https://cloud.example.com/", "una", "heron"),
        at=NINE,
    )
    CalendarConnection.objects.update(synced_at=NINE)
    return made


@pytest.fixture
def moved(connection, session):
    """The session in a calendar elsewhere, in which the coach has moved it."""
    calendar = ConnectedCalendar.objects.create(connection=connection, name="Work", can_write=True)
    return CalendarEntry.objects.create(
        calendar=calendar,
        session=session,
        question="MOVED",
        moved_to=NINE + 3 * HOUR,
        asked_at=NINE - DAY,
    )


@pytest.mark.parametrize(
    ("problem", "failing_for", "is_shown"),
    [
        ("UNREACHABLE", HOUR - SECOND, False),
        ("UNREACHABLE", HOUR, True),
        ("PASSWORD", SECOND, True),
    ],
)
def test_a_connection_that_needs_its_coach_is_shown(
    home, coach, connection, problem, failing_for, is_shown
):
    CalendarConnection.objects.update(problem=problem, failing_since=NINE - failing_for)

    shown = line(home(coach.user, at=NINE), "Calendar connections")

    assert ("“Fastmail”" in shown) is is_shown
    assert ("/calendar/connections/#connected" in shown) is is_shown


def test_a_connection_that_works_is_not_shown(home, coach, connection):
    assert "Fastmail" not in home(coach.user, at=NINE)


@pytest.mark.parametrize(("at", "is_shown"), [(-SECOND, True), (0 * SECOND, False)])
def test_a_session_moved_elsewhere_is_asked_about_until_it_starts(home, coach, moved, at, is_shown):
    asked = line(home(coach.user, at=NINE + at), "Changed in your calendar")

    assert ("moved it to Monday 7 June 2027 at 12pm there" in asked) is is_shown
    assert ("/calendar/connections/#questions" in asked) is is_shown


def test_a_session_deleted_elsewhere_is_asked_about(home, coach, moved):
    CalendarEntry.objects.update(question="DELETED", moved_to=None)

    assert "you deleted it there" in home(coach.user, at=NINE - DAY)


@pytest.mark.parametrize(("reply", "is_shown"), [("DECLINED", True), ("ACCEPTED", False)])
def test_a_session_that_its_client_declined_elsewhere_is_shown(home, coach, moved, reply, is_shown):
    CalendarEntry.objects.update(question="", moved_to=None, asked_at=None, reply=reply)

    shown = line(home(coach.user, at=NINE - DAY), "Changed in your calendar")

    assert ("declined in the calendar. It is still booked" in shown) is is_shown
    assert "#questions" not in shown


def test_another_coach_sees_nothing_of_the_calendars(home, stranger, moved):
    Coach.objects.create(user=stranger, slug="olu-other")
    CalendarConnection.objects.update(problem="PASSWORD", failing_since=NINE)

    page = home(stranger, at=NINE - DAY)

    assert "Fastmail" not in page
    assert "Changed in your calendar" not in page
