import pytest

from coaching_portal.tests.matrix import access_test, open_to_all


@pytest.fixture
def a_coach(people):
    return {"slug": people.coach.coach.slug}


PAGES = {
    # Open to all, but it wants to be asked for a length and dates.
    "bookings:times_json": open_to_all("a_coach", status=400),
}

test_who_may_open = access_test(PAGES)
