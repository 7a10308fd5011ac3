from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import Programme
from coaching_portal.testing.factories.sessions import (
    agreed_programme,
    open_hours,
    proposed_programme,
)
from profiles.models import Client

pytestmark = pytest.mark.django_db

ACTIONS = ("accept", "decline", "terms", "review", "review_date", "end")


@pytest.fixture
def proposal(coach, client_user):
    return proposed_programme(coach, client_user, at=timezone.now())


def address(programme, what):
    return reverse(f"bookings:programme_{what}", args=[programme.uuid])


def test_a_programme_is_open_to_client_and_coach_and_nobody_else(
    proposal, coach, client_user, stranger, signed_in, client
):
    for who, status in ((client_user, 200), (coach.user, 200), (stranger, 404)):
        assert signed_in(who).get(proposal.get_absolute_url()).status_code == status
    client.logout()
    assert client.get(proposal.get_absolute_url()).status_code == 302


@pytest.mark.parametrize("what", ACTIONS)
def test_a_stranger_can_do_nothing_with_a_programme(what, proposal, stranger, signed_in):
    assert signed_in(stranger).post(address(proposal, what)).status_code == 404


@pytest.mark.parametrize("what", ["terms", "review", "review_date", "end"])
def test_what_the_coach_decides_the_client_cannot(what, proposal, client_user, signed_in):
    assert signed_in(client_user).post(address(proposal, what)).status_code == 404


@pytest.mark.parametrize("what", ["accept", "decline"])
def test_a_coach_cannot_answer_her_own_proposal(what, proposal, coach, signed_in):
    assert signed_in(coach.user).post(address(proposal, what)).status_code == 404


@pytest.mark.parametrize("what", ["accept", "decline"])
def test_a_link_changes_nothing(what, proposal, client_user, signed_in):
    assert signed_in(client_user).get(address(proposal, what)).status_code == 405


def test_opening_the_page_that_ends_it_ends_nothing(proposal, coach, signed_in):
    assert signed_in(coach.user).get(address(proposal, "end")).status_code == 200

    proposal.refresh_from_db()
    assert proposal.status == Programme.Status.PROPOSED


def test_a_client_accepts_and_sees_what_was_agreed(proposal, client_user, signed_in):
    browser = signed_in(client_user)

    page = browser.post(
        address(proposal, "accept"), {"terms_version": 1, "accepts": "on"}, follow=True
    )

    proposal.refresh_from_db()
    assert proposal.status == Programme.Status.AGREED
    assert proposal.agreement.accepted_from == "127.0.0.1"
    assert "0 of 6 used" in page.content.decode()


def test_without_the_tick_nothing_is_accepted_and_the_page_says_why(
    proposal, client_user, signed_in
):
    page = signed_in(client_user).post(address(proposal, "accept"), {"terms_version": 1})

    proposal.refresh_from_db()
    assert proposal.status == Programme.Status.PROPOSED
    assert "Tick the box to accept the terms" in page.content.decode()


def test_a_coach_proposes_to_her_client_and_wrong_terms_stay_in_the_form(
    coach, client_user, signed_in
):
    open_hours(coach)
    relation = Client.objects.create(coach=coach, user=client_user)
    page = reverse("bookings:programme_propose", args=[relation.uuid])
    terms = {
        "title": "Leading well",
        "sessions_agreed": 4,
        "minutes": 90,
        "rate": "75.00",
        "cancellation_notice_hours": 48,
        "review_on": timezone.localdate().isoformat(),
    }
    browser = signed_in(coach.user)

    refused = browser.post(page, terms)
    assert "Enter a review date later than today." in refused.content.decode()
    assert "Leading well" in refused.content.decode()
    assert not Programme.objects.exists()

    terms["review_on"] = (timezone.localdate() + timedelta(days=90)).isoformat()
    browser.post(page, terms)
    assert Programme.objects.get().sessions_agreed == 4


def test_the_list_takes_as_many_queries_for_twenty_programmes_as_for_two(
    coach, client_user, signed_in
):
    browser = signed_in(client_user)
    page = reverse("bookings:programmes")

    def queries_with(number):
        for _ in range(number):
            agreed_programme(coach, client_user, at=timezone.now())
        browser.get(page)  # what is kept between requests is read now
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(page).status_code == 200
        return len(queries)

    assert queries_with(2) == queries_with(18)
