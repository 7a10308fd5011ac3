"""Which weeks a page of free times leads to: those with free times, to the last of the horizon."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.models import BookingRules, WeeklyHours
from bookings.presenters import picker
from coaching_portal.testing.factories.sessions import book_session, open_hours

pytestmark = pytest.mark.django_db

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEDNESDAY = datetime(2027, 6, 2, 12, tzinfo=UTC)  # 1pm in London
MONDAY = date(2027, 5, 31)


@pytest.fixture
def coach(coach):
    open_hours(coach, minimum_notice_minutes=0, horizon_days=19)
    return coach


def week(coach, *, day=None, at=WEDNESDAY, zone="Europe/London"):
    return picker.week_of(coach, minutes=60, zone=zone, at=at, day=day)


def horizon(coach, days):
    BookingRules.objects.filter(coach=coach).update(horizon_days=days)


def weeks_by_links(coach, **asked):
    """The Mondays that one comes to by pressing Later until there is no such link."""
    found = [week(coach, **asked)]
    while found[-1].later:
        found.append(week(coach, **asked | {"day": found[-1].later}))
    return found


@pytest.mark.parametrize(
    ("horizon_days", "last_day"),
    [
        (16, date(2027, 6, 18)),  # Friday
        (18, date(2027, 6, 18)),  # Sunday: the same
        (19, date(2027, 6, 21)),  # Monday: one more week, of one day
        (20, date(2027, 6, 22)),
    ],
)
def test_later_leads_to_the_last_day_of_the_horizon_and_no_further(coach, horizon_days, last_day):
    horizon(coach, horizon_days)

    weeks = weeks_by_links(coach)

    assert weeks[-1].days[-1].date == last_day
    assert all(each.days for each in weeks)
    assert [each.first for each in weeks] == [MONDAY + n * WEEK for n in range(len(weeks))]


def test_in_a_zone_far_away_the_last_day_is_reached_as_well(coach):
    horizon(coach, 19)

    weeks = weeks_by_links(coach, zone="Pacific/Kiritimati")  # fourteen hours before London's

    assert all(each.days for each in weeks)
    assert weeks[-1].days[-1].slots[-1].starts_at == datetime(2027, 6, 21, 15, tzinfo=UTC)


def test_weeks_without_free_times_are_passed_over_in_both_directions(coach):
    WeeklyHours.objects.filter(coach=coach).delete()
    coach.date_overrides.create(date=MONDAY + 3 * DAY, starts=time(9), ends=time(10))
    coach.date_overrides.create(date=MONDAY + 15 * DAY, starts=time(9), ends=time(10))

    first = week(coach)
    third = week(coach, day=first.later)

    assert (first.earlier, first.later) == (None, MONDAY + 2 * WEEK)
    assert (third.earlier, third.later) == (MONDAY, None)


def test_earlier_does_not_lead_to_a_week_that_has_gone(coach):
    """On Friday evening this week has nothing left."""
    friday_evening = datetime(2027, 6, 4, 18, tzinfo=UTC)

    following = week(coach, at=friday_evening)

    assert following.first == MONDAY + WEEK
    assert following.earlier is None


def test_earlier_leads_to_today(coach):
    following = week(coach, day=MONDAY + WEEK)

    assert following.earlier == MONDAY
    assert week(coach, day=following.earlier).days[0].date == WEDNESDAY.date()


def test_when_the_last_time_of_the_horizon_is_booked_there_is_no_later(coach, client_user):
    horizon(coach, 19)
    coach.weekly_hours.filter(weekday=0).update(starts=time(9), ends=time(10))
    assert week(coach, day=MONDAY + 2 * WEEK).later == MONDAY + 3 * WEEK

    book_session(coach, client_user, starts_at=datetime(2027, 6, 21, 8, tzinfo=UTC), at=WEDNESDAY)

    assert week(coach, day=MONDAY + 2 * WEEK).later is None


def test_beyond_the_horizon_the_page_leads_back(client, coach, time_machine):
    time_machine.move_to(WEDNESDAY)

    page = client.get("/book/una-umber/?minutes=60&date=2027-09-01").content.decode()

    assert "There are no free times in this week or after it." in page
    assert "date=2027-06-21" in page
    assert ">Later<" not in page
