"""Ten places and forty people who press at once: promise 4, with real connections."""

import os
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from coaching_portal.common import transactions
from coaching_portal.common.idempotency import FIELD
from coaching_portal.common.refusals import Refusal
from coaching_portal.testing.races import (
    Press,
    at_once,
    browser_of,
    cookies_in,
    hold_at,
    press_at_once,
    statuses,
    without_constraints,
)
from training import actions
from training.actions import Learner, enrolling
from training.models import Cohort, Enrolment, EnrolmentTerms
from training.tests.conftest import EARLY

PLACES, AT_ONCE = 10, 40
ROUNDS = int(os.environ.get("RACE_ROUNDS", "5"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def learners(make_user):
    return [
        make_user(f"learner{number}@example.org", name=f"R {number}") for number in range(AT_ONCE)
    ]


def enrol(cohort, user, terms):
    learners = [Learner(user.name, user.email)]
    try:
        actions.enrol(cohort=cohort, by=user, learners=learners, terms=terms, at=EARLY)
    except actions.CohortFull as full:
        return str(full)
    return "enrolled"


def test_exactly_ten_of_forty_and_the_others_hear_of_the_waiting_list(make_cohort, learners, terms):
    for _ in range(ROUNDS):
        cohort = make_cohort(capacity=PLACES)

        answers = at_once([partial(enrol, cohort, user, terms) for user in learners])

        cohort.refresh_from_db()
        assert answers.count("enrolled") == PLACES
        assert sum("waiting list" in answer for answer in answers) == AT_ONCE - PLACES
        assert cohort.taken == Enrolment.objects.live().filter(cohort=cohort).count() == PLACES


def test_teams_of_three_never_get_a_part_of_what_they_asked_for(make_cohort, make_contact, terms):
    contacts = [make_contact(f"trust{number}") for number in range(8)]
    cohort = make_cohort(capacity=PLACES)

    def enrol_three(contact):
        user, organisation = contact
        order = {"learners": [Learner()] * 3, "organisation": organisation}
        order |= {"purchase_order": "PO-123456", "terms": terms, "at": EARLY}
        try:
            actions.enrol(cohort=cohort, by=user, **order)
        except actions.CohortFull as full:
            return full.left
        return "enrolled"

    answers = at_once([partial(enrol_three, contact) for contact in contacts])

    assert answers.count("enrolled") == 3
    assert answers.count(1) == 5
    assert Cohort.objects.get(pk=cohort.pk).taken == 9


def test_one_person_who_presses_in_ten_windows_has_one_place(make_cohort, client_user, terms):
    cohort = make_cohort()

    def press():
        try:
            return enrol(cohort, client_user, terms)
        except actions.AlreadyEnrolled:
            return "already"

    answers = at_once([press] * 10)

    assert sorted(set(answers)) == ["already", "enrolled"]
    assert answers.count("enrolled") == 1
    assert Cohort.objects.get(pk=cohort.pk).taken == 1


@pytest.fixture
def without_turns(monkeypatch):
    """Nobody waits for the cohort's row; each takes the places that were there when they looked."""

    def take_as_seen(cohort, number, *, by):
        Cohort.objects.filter(pk=cohort.pk).update(taken=F("taken") + number)

    monkeypatch.setattr(enrolling, "lock_cohort", lambda pk: Cohort.objects.get(pk=pk))
    monkeypatch.setattr(enrolling, "take_places", take_as_seen)
    hold_at(monkeypatch, enrolling, "check_not_enrolled", AT_ONCE)


def test_the_constraint_alone_also_keeps_the_places(make_cohort, learners, terms, without_turns):
    cohort = make_cohort(capacity=PLACES)

    answers = at_once([partial(enrol, cohort, user, terms) for user in learners])

    assert answers.count("enrolled") == PLACES
    assert sum(isinstance(answer, IntegrityError) for answer in answers) == AT_ONCE - PLACES


def test_control_without_turns_and_constraint_all_forty_have_a_place(
    make_cohort, learners, terms, without_turns
):
    cohort = make_cohort(capacity=PLACES)

    with without_constraints(Cohort, "training_cohort_has_no_more_learners_than_places"):
        at_once([partial(enrol, cohort, user, terms) for user in learners])

        assert Enrolment.objects.live().filter(cohort=cohort).count() == AT_ONCE


def enrol_while_the_cohort_is_held(cohort, user, terms):
    """What someone is told who waits for the cohort's row in vain."""

    def blocked():
        try:
            return enrol(cohort, user, terms)
        except Refusal as refusal:
            return str(refusal)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as pool:
        Cohort.objects.select_for_update().get(pk=cohort.pk)
        return pool.submit(blocked).result()


def test_someone_who_holds_the_cohort_too_long_is_no_failure(
    make_cohort, client_user, terms, monkeypatch
):
    monkeypatch.setattr(transactions, "LONGEST_WAIT", "200ms")

    answer = enrol_while_the_cohort_is_held(make_cohort(), client_user, terms)

    assert "Wait a moment and try again" in answer


def test_whoever_waits_in_vain_while_the_places_go_hears_of_the_waiting_list(
    make_cohort, client_user, stranger, terms, monkeypatch
):
    monkeypatch.setattr(transactions, "LONGEST_WAIT", "200ms")
    cohort = make_cohort(capacity=1)
    enrol(cohort, stranger, terms)

    answer = enrol_while_the_cohort_is_held(cohort, client_user, terms)

    assert "waiting list" in answer


def test_forty_browsers_for_ten_places(live_server, make_cohort, learners):
    cohort = make_cohort(capacity=PLACES, begins_at=timezone.now() + timedelta(days=60))

    answers = press_at_once(live_server.url, [at_the_last_step(cohort, user) for user in learners])

    assert statuses(answers) == {302: PLACES, 409: AT_ONCE - PLACES}
    assert all("waiting list" in answer.page for answer in answers if answer.status == 409)
    assert Cohort.objects.get(pk=cohort.pk).taken == PLACES


def at_the_last_step(cohort, user):
    """The button under “Check your answers”."""
    browser = browser_of(user)
    browser.post(f"/cohorts/{cohort.code}/enrol/")
    page = f"/cohorts/{cohort.code}/enrol/check/"
    form = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    return Press(page, {**form, FIELD: str(uuid.uuid4())}, cookies_in(browser))
