"""Who may open the pages of courses, enrolment and learning."""

import pytest
import time_machine

from coaching_portal.tests.matrix import access_test, action, only, open_to_all, signed_in
from training import actions
from training.actions import Learner
from training.tests.conftest import EARLY


@pytest.fixture(autouse=True)
def _sixty_days_before():
    with time_machine.travel(EARLY):
        yield


@pytest.fixture
def a_course(people, course):
    return {"slug": course.slug}


@pytest.fixture
def a_cohort(people, cohort):
    return {"code": cohort.code}


@pytest.fixture
def a_booking(people, enrol_staff):
    """Bought by the training contact, for the organisation."""
    return {"uuid": enrol_staff(people.contact, "Ann", None).uuid}


@pytest.fixture
def a_place(people, cohort, terms):
    """The client's place, bought by the organisation's training contact."""
    booking = actions.enrol(
        cohort=cohort,
        by=people.contact,
        learners=[Learner(people.client.name, people.client.email)],
        organisation=people.organisation,
        terms=terms,
        at=EARLY,
    )
    return {"uuid": booking.enrolments.get().uuid}


@pytest.fixture
def a_turn(people, make_cohort, enrol_self):
    """The client's place in line."""
    full = make_cohort(capacity=1)
    enrol_self(people.stranger, cohort=full)
    waiting = actions.join_waiting_list(cohort=full, by=people.client, at=EARLY)
    return {"uuid": waiting.uuid}


PAGES = {
    "training:courses": open_to_all(),
    "training:course": open_to_all("a_course"),
    "training:cohort": open_to_all("a_cohort"),
    "training:enrol": signed_in("a_cohort"),
    # Without an order it leads back to writing one.
    "training:check": signed_in("a_cohort", status=302),
    "training:waiting_list": signed_in("a_cohort"),
    "training:learning": signed_in(),
    "training:booking": only("a_booking", contact=200),
    "training:booked": only("a_booking", contact=200),
    "training:cancel_booking": only("a_booking", contact=200),
    "training:name_place": only("a_place", contact=200),
    "training:pass_on": only("a_place", contact=200),
    "training:cancel_place": only("a_place", contact=200),
    "training:place_ics": only("a_place", client=200),
    "training:leave_waiting": action("a_turn", "client"),
}

test_who_may_open = access_test(PAGES)
