from datetime import timedelta

import pytest
from django.utils import timezone

from coaching_portal.testing.matrix import access_test, action, only, open_to_all, signed_in
from training import actions
from training.actions import Learner


@pytest.fixture
def a_course(course):
    return {"slug": course.slug}


@pytest.fixture
def dates(make_cohort):
    """A cohort that begins soon; pages read the clock."""
    return make_cohort(begins_at=timezone.now() + timedelta(days=60))


@pytest.fixture
def a_cohort(dates):
    return {"code": dates.code}


@pytest.fixture
def booking(people, dates, terms):
    """The training contact's: one delegate who is the client, and one to be named."""
    client = Learner(people.client.name or "Clara", people.client.email)
    return actions.enrol(
        cohort=dates,
        by=people.contact,
        learners=[client, Learner()],
        organisation=people.contact.memberships.get().organisation,
        purchase_order="PO-123456",
        terms=terms,
        at=timezone.now(),
    )


@pytest.fixture
def a_booking(booking):
    return {"uuid": booking.uuid}


@pytest.fixture
def a_named_place(booking):
    return {"uuid": booking.places[0].uuid}


@pytest.fixture
def an_unnamed_place(booking):
    return {"uuid": booking.places[1].uuid}


@pytest.fixture
def a_place_in_line(people, dates):
    return {
        "uuid": actions.join_waiting_list(cohort=dates, by=people.client, at=timezone.now()).uuid
    }


@pytest.fixture
def an_offer(a_place_in_line):
    actions.offer_free_places(at=timezone.now())
    return a_place_in_line


PAGES = {
    "training:courses": open_to_all(),
    "training:course": open_to_all("a_course"),
    "training:cohort": open_to_all("a_cohort"),
    "training:enrol": signed_in("a_cohort", form=True),
    # Sends on to the first step, where nothing has been answered yet.
    "training:check": signed_in("a_cohort", status=302, form=True),
    "training:waiting_list": signed_in("a_cohort", form=True),
    "training:learning": signed_in(),
    "training:booking": only("a_booking", contact=200),
    "training:booked": only("a_booking", contact=200),
    "training:cancel_booking": only("a_booking", contact=200, form=True),
    "training:name_place": only("an_unnamed_place", contact=200, form=True),
    "training:pass_on": only("a_named_place", contact=200, form=True),
    "training:cancel_place": only("a_named_place", contact=200, form=True),
    "training:place_ics": only("a_named_place", client=200),
    "training:offer": only("an_offer", client=200, form=True),
    "training:decline_offer": action("an_offer", "client"),
    "training:leave_waiting": action("a_place_in_line", "client"),
}

test_who_may_do_what = access_test(PAGES)
