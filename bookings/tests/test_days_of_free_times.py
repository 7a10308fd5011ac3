"""Which days a page of free times leads to: those with free times, to the last of the horizon."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bookings.models import BookingRules, WeeklyHours
from bookings.presenters import picker
from coaching_portal.testing.factories.sessions import book_session, open_hours

pytestmark = pytest.mark.django_db

DAY, WEEK = timedelta(days=1), timedelta(days=7)
WEDNESDAY = datetime(2027, 6, 2, 12, tzinfo=UTC)  # 1pm in London
TODAY = date(2027, 6, 2)
MONDAY = date(2027, 5, 31)


@pytest.fixture
def coach(coach):
    open_hours(coach, minimum_notice_minutes=0, horizon_days=19)
    return coach


def shown(coach, *, day=None, at=WEDNESDAY, zone="Europe/London", near=None):
    """The picker, in which the address of a day is that day in ISO form."""
    return picker.picker_for(
        coach, minutes=60, zone=zone, at=at, day=day, near=near, address=date.isoformat
    )


def only_on(coach, *days):
    WeeklyHours.objects.filter(coach=coach).delete()
    for day in days:
        coach.date_overrides.create(date=day, starts=time(9), ends=time(10))


def strips(coach, **asked):
    """The strips of days that one comes to by pressing Later until there is no such link."""
    found = [shown(coach, **asked)]
    while found[-1].later:
        found.append(shown(coach, **asked | {"day": date.fromisoformat(found[-1].later)}))
    return found


def dates(page):
    return [each.date for each in page.days]


@pytest.mark.parametrize(
    ("horizon_days", "last_day"),
    [
        (16, date(2027, 6, 18)),  # Friday
        (18, date(2027, 6, 18)),  # Sunday: the same
        (19, date(2027, 6, 21)),  # Monday: one more day
        (20, date(2027, 6, 22)),
    ],
)
def test_later_leads_to_the_last_day_of_the_horizon_and_no_further(coach, horizon_days, last_day):
    BookingRules.objects.filter(coach=coach).update(horizon_days=horizon_days)

    pages = strips(coach)

    assert dates(pages[-1])[-1] == last_day
    assert all(each.slots for each in pages)
    found = [day for each in pages for day in dates(each)]
    assert found == [
        TODAY + n * DAY
        for n in range((last_day - TODAY).days + 1)
        if (TODAY + n * DAY).weekday() < 5
    ]


def test_in_a_zone_far_away_the_last_day_is_reached_as_well(coach):
    pages = strips(coach, zone="Pacific/Kiritimati")  # fourteen hours before London's

    last = shown(coach, day=dates(pages[-1])[-1], zone="Pacific/Kiritimati")
    assert last.slots[-1].starts_at == datetime(2027, 6, 21, 15, tzinfo=UTC)


def test_the_first_free_day_is_open(coach):
    only_on(coach, TODAY + 2 * DAY, TODAY + 9 * DAY)

    page = shown(coach)

    assert page.day == TODAY + 2 * DAY
    assert [(each.date, each.is_chosen) for each in page.days] == [
        (TODAY + 2 * DAY, True),
        (TODAY + 9 * DAY, False),
    ]


def test_a_strip_has_seven_days_and_stays_when_another_of_them_is_chosen(coach):
    first = shown(coach)
    seventh = shown(coach, day=dates(first)[6])
    eighth = shown(coach, day=date.fromisoformat(first.later))

    assert len(first.days) == len(seventh.days) == 7
    assert dates(seventh) == dates(first)
    assert dates(eighth)[0] > dates(first)[6]
    assert (first.earlier, eighth.earlier) == ("", dates(first)[0].isoformat())


def test_earlier_does_not_lead_to_a_day_that_has_gone(coach):
    """On Friday evening this week has nothing left."""
    page = shown(coach, at=datetime(2027, 6, 4, 18, tzinfo=UTC))

    assert page.day == MONDAY + WEEK
    assert page.earlier == ""


def test_a_day_without_times_names_the_next_that_has_some(coach):
    only_on(coach, TODAY + 1 * DAY, TODAY + 15 * DAY)

    page = shown(coach, day=TODAY + 2 * DAY)

    assert (page.slots, page.last_free is None) == ([], False)
    assert page.next_free.date == TODAY + 15 * DAY
    assert page.other_day == (TODAY + 15 * DAY).isoformat()


def test_near_a_day_the_next_free_day_is_open_or_else_the_last_before_it(coach):
    only_on(coach, TODAY + 1 * DAY, TODAY + 5 * DAY)

    assert shown(coach, near=TODAY + 2 * DAY).day == TODAY + 5 * DAY
    assert shown(coach, near=TODAY + 6 * DAY).day == TODAY + 5 * DAY


def test_when_the_last_time_of_the_horizon_is_booked_its_day_is_gone(coach, client_user):
    coach.weekly_hours.filter(weekday=0).update(starts=time(9), ends=time(10))
    last = MONDAY + 3 * WEEK
    assert dates(strips(coach)[-1])[-1] == last

    book_session(coach, client_user, starts_at=datetime(2027, 6, 21, 8, tzinfo=UTC), at=WEDNESDAY)

    assert dates(strips(coach)[-1])[-1] == last - 3 * DAY


def test_beyond_the_horizon_the_page_leads_back(client, coach, time_machine):
    time_machine.move_to(WEDNESDAY)

    page = client.get("/book/una-umber/?minutes=60&date=2027-09-01").content.decode()

    assert "There are no free times on Wednesday 1 September or after it." in page
    assert "date=2027-06-21" in page
    assert ">Later<" not in page


def test_a_coach_without_any_free_time_says_whom_to_write_to(client, coach, time_machine):
    time_machine.move_to(WEDNESDAY)
    only_on(coach)

    page = client.get("/book/una-umber/?minutes=60").content.decode()

    assert "There are no free times. Contact us, and we will find one with you: email" in page


def test_a_month_links_the_days_that_have_times_and_no_other(coach):
    page = shown(coach)

    cells = [day for week in page.month.weeks for day in week if day]
    assert [each.date.day for each in cells] == list(range(1, 31))
    assert [each.date.day for each in cells if each.url] == [
        *(2, 3, 4),
        *range(7, 12),
        *range(14, 19),
        21,
    ]
    assert [each.date for each in cells if each.is_chosen] == [TODAY]
    assert page.month.weeks[0][0] is None  # the first of June is a Tuesday


def test_months_without_free_times_are_passed_over_in_both_directions(coach):
    BookingRules.objects.filter(coach=coach).update(horizon_days=120)
    only_on(coach, date(2027, 6, 30), date(2027, 8, 1), date(2027, 8, 2))

    june = shown(coach)
    august = shown(coach, day=date.fromisoformat(june.month.later))

    assert (june.month.earlier, june.month.later) == ("", "2027-08-01")
    assert (august.month.earlier, august.month.later) == ("2027-06-30", "")


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2027, 12, 31), date(2028, 2, 29)])
def test_any_day_can_be_asked_for(coach, day):
    page = shown(coach, day=day)

    assert page.month.first == day.replace(day=1)
    assert page.last_free.date == date(2027, 6, 21)
