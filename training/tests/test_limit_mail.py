"""Joining and leaving a waiting list in turn, or enrolling and cancelling, has an end."""

import pytest
from django.test import override_settings

from coaching_portal.notifications.models import OutgoingMessage
from training.models import Enrolment, WaitingListPlace
from training.tests.test_enrol_pages import accept

TOO_OFTEN = "Wait an hour and try again, or contact us: email"


@pytest.fixture(autouse=True)
def _today(time_machine):
    from training.tests.conftest import EARLY

    time_machine.move_to(EARLY)


@pytest.fixture
def full(make_cohort, stranger, enrol_self):
    cohort = make_cohort(capacity=1)
    enrol_self(stranger, cohort=cohort)
    return cohort


def join_and_leave(browser, cohort):
    answer = browser.post(f"/cohorts/{cohort.code}/waiting-list/", {"places": "1"})
    for row in WaitingListPlace.objects.waiting():
        browser.post(f"/learning/waiting/{row.uuid}/leave/")
    return answer


@override_settings(ACCOUNT_RATE_LIMITS={"waiting_list": "2/h/user,3/h/ip"})
def test_one_person_joins_so_many_times_in_an_hour(signed_in, client_user, full):
    browser = signed_in(client_user)
    before = OutgoingMessage.objects.count()

    answers = [join_and_leave(browser, full) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 200, 200]
    assert TOO_OFTEN in answers[-1].content.decode()
    assert OutgoingMessage.objects.count() - before == 2


@override_settings(ACCOUNT_RATE_LIMITS={"waiting_list": "2/h/user,3/h/ip"})
def test_people_of_one_network_have_a_rate_together(signed_in, make_user, full):
    people = [make_user(f"jo{number}@example.org") for number in range(4)]

    statuses = [join_and_leave(signed_in(each), full).status_code for each in people]

    assert statuses == [302, 302, 302, 200]


@override_settings(ACCOUNT_RATE_LIMITS={"waiting_list": "2/h/user"})
def test_whoever_has_joined_often_can_still_leave(signed_in, client_user, full):
    browser = signed_in(client_user)
    join_and_leave(browser, full)
    browser.post(f"/cohorts/{full.code}/waiting-list/", {"places": "1"})

    join_and_leave(browser, full)

    assert not WaitingListPlace.objects.waiting().exists()


def enrol_and_cancel(browser, cohort):
    browser.post(f"/cohorts/{cohort.code}/enrol/")
    answer = browser.post(f"/cohorts/{cohort.code}/enrol/check/", accept())
    for place in Enrolment.objects.live().filter(cohort=cohort):
        browser.post(f"/learning/places/{place.uuid}/cancel/", {"fee": "0.00"})
    return answer


@override_settings(ACCOUNT_RATE_LIMITS={"enrol": "2/h/user"})
def test_one_person_enrols_so_many_times_in_an_hour(signed_in, client_user, make_cohort):
    browser, cohort = signed_in(client_user), make_cohort()

    answers = [enrol_and_cancel(browser, cohort) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 200]
    assert TOO_OFTEN in answers[-1].content.decode()
    assert Enrolment.objects.count() == 2


@override_settings(ACCOUNT_RATE_LIMITS={"enrol": "2/h/user"})
def test_an_enrolment_that_is_refused_is_not_counted(signed_in, client_user, make_cohort):
    browser, cohort, another = signed_in(client_user), make_cohort(), make_cohort()

    for asked, status in ((cohort, 302), (cohort, 200), (another, 302)):
        browser.post(f"/cohorts/{asked.code}/enrol/")
        answer = browser.post(f"/cohorts/{asked.code}/enrol/check/", accept())
        assert answer.status_code == status
