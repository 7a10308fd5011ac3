from datetime import date, timedelta

import pytest

from bookings import actions
from coaching_portal.testing import NINE
from coaching_portal.tests.matrix import access_test, action, only, open_to_all


@pytest.fixture
def a_coach(people):
    return {"slug": people.coach.coach.slug}


@pytest.fixture
def a_day():
    return {"date": date(2027, 6, 7)}


@pytest.fixture
def a_date(people):
    actions.set_date(coach=people.coach.coach, date=date(2027, 6, 7), shifts=[])
    return {"date": date(2027, 6, 7)}


@pytest.fixture
def a_time_off(people):
    end = NINE + timedelta(days=1)
    actions.take_time_off(coach=people.coach.coach, starts_at=NINE, ends_at=end)
    return {"starts_at": NINE}


@pytest.fixture
def a_client_file(people):
    return {"uuid": people.client.client_of.get().uuid}


PAGES = {
    # Open to all, but it wants to be asked for a length and dates.
    "bookings:times_json": open_to_all("a_coach", status=400),
}

COACH_PAGES = {
    # Every coach has these of her own.
    "bookings:calendar": only(coach=200, other_coach=200),
    "bookings:confirm_day": only("a_day", coach=200, other_coach=200),
    "bookings:hours": only(coach=200, other_coach=200),
    "bookings:weekly_hours": only(coach=200, other_coach=200),
    "bookings:new_date": only(coach=200, other_coach=200),
    "bookings:new_time_off": only(coach=200, other_coach=200),
    "bookings:rules": only(coach=200, other_coach=200),
    "bookings:clients": only(coach=200, other_coach=200),
    "bookings:clear_date": action("a_date", "coach", "other_coach"),  # each her own date
    # These show or change something of one coach's.
    "bookings:date_hours": only("a_date", coach=200),
    "bookings:time_off": only("a_time_off", coach=200),
    "bookings:end_time_off": action("a_time_off", "coach"),
    "bookings:client": only("a_client_file", coach=200),
}
PAGES |= COACH_PAGES

test_who_may_open = access_test(PAGES)
