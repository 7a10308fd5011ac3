"""The line: joined, left, and first come, first served."""

from datetime import timedelta

import pytest

from coaching_portal.common.refusals import Refusal
from training import actions
from training.models import Cohort, WaitingListPlace
from training.models.cohorts import unreserved_places
from training.tests.conftest import EARLY

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("free", "line", "left"),
    [
        (3, [], 3),
        (3, [2], 1),
        (3, [3], 0),
        (3, [5], 0),
        (3, [2, 5], 0),
        (0, [1], 0),
        (4, [1, 2], 1),
    ],
)
def test_free_places_are_kept_for_those_in_line_whom_they_are_enough_for(free, line, left):
    assert unreserved_places(free, [WaitingListPlace(places=places) for places in line]) == left


@pytest.mark.parametrize(("free", "left"), [(1, 1), (2, 0), (3, 0), (4, 1)])
def test_someone_who_declined_one_of_three_places_lets_others_take_one(free, left):
    assert unreserved_places(free, [WaitingListPlace(places=3, fewest=2)]) == left


def test_someone_who_has_fewer_left_to_wait_for_is_offered_those():
    assert unreserved_places(1, [WaitingListPlace(places=1, fewest=2)]) == 0


def test_a_walk_in_cannot_take_a_place_that_somebody_waits_for(
    make_cohort, contact, enrol_staff, enrol_self, client_user, stranger
):
    cohort = make_cohort(capacity=1)
    booking = enrol_staff(contact, "Ann", cohort=cohort)
    waiting = actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)
    actions.cancel_booking(booking=booking, by=contact, at=EARLY)

    with pytest.raises(actions.CohortFull):
        enrol_self(stranger, cohort=cohort)
    assert Cohort.objects.get(pk=cohort.pk).places_in_words == "Waiting list"

    enrol_self(client_user, cohort=cohort)
    waiting.refresh_from_db()
    assert waiting.status == "ENROLLED"


def test_the_second_in_line_waits_for_the_first(make_cohort, client_user, stranger, enrol_self):
    cohort = make_cohort(capacity=1)
    actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)
    actions.join_waiting_list(cohort=cohort, by=stranger, at=EARLY + MINUTE)

    with pytest.raises(actions.CohortFull):
        enrol_self(stranger, cohort=cohort, at=EARLY + 2 * MINUTE)
    enrol_self(client_user, cohort=cohort, at=EARLY + 2 * MINUTE)


def test_one_is_in_a_line_once_and_may_leave_it_and_come_back(cohort, client_user, stranger):
    waiting = actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)
    actions.join_waiting_list(cohort=cohort, by=stranger, at=EARLY + MINUTE)
    with pytest.raises(actions.AlreadyWaiting):
        actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY + MINUTE)

    actions.leave_waiting_list(waiting=waiting, at=EARLY + MINUTE)
    again = actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY + 2 * MINUTE)

    assert again.position == 2


def test_a_person_waits_for_one_place_and_a_contact_for_as_many_as_there_are(
    cohort, client_user, contact
):
    organisation = contact.memberships.get().organisation
    with pytest.raises(actions.NotEntitled):
        actions.join_waiting_list(cohort=cohort, by=client_user, places=2, at=EARLY)
    with pytest.raises(actions.NotEntitled):
        actions.join_waiting_list(
            cohort=cohort, by=client_user, organisation=organisation, at=EARLY
        )
    with pytest.raises(Refusal, match="10 places in all"):
        actions.join_waiting_list(
            cohort=cohort, by=contact, organisation=organisation, places=11, at=EARLY
        )

    waiting = actions.join_waiting_list(
        cohort=cohort, by=contact, organisation=organisation, places=10, at=EARLY
    )
    assert waiting.places == 10


def test_who_gets_some_of_the_places_waits_for_the_rest(make_cohort, contact, enrol_staff):
    cohort = make_cohort(capacity=5)
    organisation = contact.memberships.get().organisation
    waiting = actions.join_waiting_list(
        cohort=cohort, by=contact, organisation=organisation, places=3, at=EARLY
    )

    enrol_staff(contact, "Ann", "Ben", cohort=cohort)

    waiting.refresh_from_db()
    assert (waiting.places, waiting.is_waiting) == (1, True)
