"""Pages ask the same number of questions of the database however much there is to show."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from training import actions

pytestmark = pytest.mark.django_db


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as context:
        assert client.get(address).status_code == 200
    return len(context)


@pytest.fixture
def add_cohorts(make_cohort, contact, enrol_staff, enrol_self, client_user):
    """Cohorts to come, each with a place of one person, three of a contact's, and a line."""

    def add(number):
        at = timezone.now()
        for index in range(number):
            cohort = make_cohort(begins_at=at + timedelta(days=50 + index))
            enrol_self(client_user, cohort=cohort, at=at)
            enrol_staff(contact, "Ann", "Ben", None, cohort=cohort, at=at)
            actions.join_waiting_list(cohort=cohort, by=contact, at=at)

    return add


def test_5_and_50_cohorts_cost_the_same(client, signed_in, add_cohorts, client_user, contact):
    pages = [
        (None, "/courses/"),
        (None, "/courses/clinical-audit/"),
        (client_user, "/learning/"),
        (contact, "/learning/"),
    ]

    def cost():
        counts = []
        for user, address in pages:
            client.logout()
            counts.append(queries(signed_in(user) if user else client, address))
        return counts

    add_cohorts(5)
    cost()  # what is looked up once and kept
    few = cost()
    add_cohorts(45)
    many = cost()

    assert few == many
    assert max(many) <= 20
