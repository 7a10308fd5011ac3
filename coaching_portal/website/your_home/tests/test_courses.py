"""What learners and training contacts find after sign-in."""

from datetime import timedelta

import pytest

from coaching_portal.testing.plugin import NINE
from profiles.models import Membership, Organisation
from training import actions
from training.tests.conftest import EARLY

HOUR, SECOND, DAY = timedelta(hours=1), timedelta(seconds=1), timedelta(days=1)
ENDS = NINE + 7 * HOUR  # of the afternoon

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(make_user):
    trust = Organisation.objects.create(name="Example Trust")
    user = make_user("connie@example.org", name="Connie Contact")
    Membership.objects.create(user=user, organisation=trust, role=Membership.Role.TRAINING_CONTACT)
    return user


@pytest.mark.parametrize(("at", "is_shown"), [(ENDS - SECOND, True), (ENDS, False)])
def test_a_learner_sees_a_course_until_it_is_over(
    home, client_user, enrol_self, cohort, at, is_shown
):
    enrol_self(client_user)

    page = home(client_user, at=at)

    assert (f"/cohorts/{cohort.code}/" in page) is is_shown
    assert "See courses and dates" in page


@pytest.mark.parametrize(("at", "is_shown"), [(NINE - SECOND, True), (NINE, False)])
def test_places_are_to_be_named_until_the_course_begins(home, contact, enrol_staff, at, is_shown):
    booking = enrol_staff(contact, "Ann", None, None)

    page = home(contact, at=at)

    assert ("2 of 3 on Clinical audit" in page) is is_shown
    assert (str(booking.uuid) in page) is is_shown
    assert "ann@trust" not in page


def test_a_booking_with_all_places_named_asks_for_no_names(home, contact, enrol_staff):
    enrol_staff(contact, "Ann", "Ben")

    page = home(contact, at=EARLY)

    assert "Next for Example Trust" in page
    assert "Places to name" not in page


def test_a_booking_that_is_cancelled_is_not_shown(home, contact, enrol_staff):
    booking = enrol_staff(contact, None)
    actions.cancel_place(place=booking.places[0], by=contact, at=EARLY)

    page = home(contact, at=EARLY)

    assert "will appear here" in page


def test_the_next_two_dates_are_shown(home, client_user, enrol_self, make_cohort):
    later, first, second = (make_cohort(begins_at=NINE + n * DAY) for n in (9, 1, 2))
    for cohort in (later, first, second):
        enrol_self(client_user, cohort=cohort)

    page = home(client_user, at=EARLY)

    assert page.index(first.code) < page.index(second.code)
    assert later.code not in page


def test_an_offer_is_there_to_answer_until_it_expires(
    home, contact, client_user, enrol_staff, make_cohort
):
    cohort = make_cohort(capacity=1)
    booking = enrol_staff(contact, "Ann", cohort=cohort)
    waiting = actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)
    assert "number 1 on the list" in home(client_user, at=EARLY)

    actions.cancel_place(place=booking.places[0], by=contact, at=EARLY)
    actions.offer_free_places(at=EARLY)
    waiting.refresh_from_db()
    before = home(client_user, at=waiting.offer_expires_at - SECOND)
    after = home(client_user, at=waiting.offer_expires_at)

    assert f"/learning/waiting/{waiting.uuid}/offer/" in before
    assert "/offer/" not in after


def test_a_training_contact_is_told_what_will_appear(home, contact):
    page = home(contact, at=EARLY)

    assert "the places still to be named" in page
    assert "Where to begin" not in page


def test_a_stranger_sees_nothing_of_it(
    home, contact, client_user, stranger, enrol_staff, enrol_self
):
    enrol_self(client_user)
    enrol_staff(contact, "Ann", None)

    page = home(stranger, at=EARLY)

    assert "Clinical audit" not in page
    assert "Your courses" not in page
