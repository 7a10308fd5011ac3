"""Enrolling as one does it in a browser without scripts."""

import uuid

import pytest
import time_machine
from django.test import Client

from coaching_portal.common.idempotency import FIELD
from profiles.models import Membership, Organisation
from training.models import CourseBooking, Enrolment, EnrolmentTerms, WaitingListPlace
from training.tests.conftest import EARLY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sixty_days_before():
    with time_machine.travel(EARLY, tick=False):
        yield


def rows(*delegates, **fields):
    """The POST of the team form: (name, email) pairs, or None for somebody named later."""
    data = {"delegate-TOTAL_FORMS": len(delegates), "delegate-INITIAL_FORMS": 0, **fields}
    for number, delegate in enumerate(delegates):
        if delegate is None:
            data[f"delegate-{number}-later"] = "on"
        else:
            data[f"delegate-{number}-name"], data[f"delegate-{number}-email"] = delegate
    return data


ANN, BEN = ("Ann", "ann@trust.example.org"), ("Ben", "ben@trust.example.org")


def accept(**fields):
    version = EnrolmentTerms.current().version
    return {"version": version, "accepted": "on", FIELD: str(uuid.uuid4()), **fields}


@pytest.fixture
def team(signed_in, contact, cohort):
    """The training contact's browser, and a function that posts the team form."""
    client = signed_in(contact)
    organisation = Organisation.objects.get()

    def post(*delegates, purchase_order="PO-123456", **fields):
        fields |= {"organisation": organisation.uuid, "purchase_order": purchase_order}
        address = f"/cohorts/{cohort.code}/enrol/?for=team"
        return client.post(address, rows(*delegates, **fields))

    client.post_team = post
    return client


def test_oneself_in_two_steps(signed_in, client_user, cohort):
    client = signed_in(client_user)
    page = client.get(f"/cohorts/{cohort.code}/enrol/").content.decode()
    assert client_user.email in page

    assert client.post(f"/cohorts/{cohort.code}/enrol/").url.endswith("/enrol/check/")
    page = client.get(f"/cohorts/{cohort.code}/enrol/check/").content.decode()
    assert "Enrol, £295.00" in page

    answer = client.post(f"/cohorts/{cohort.code}/enrol/check/", accept(), follow=True)
    assert "Enrolled" in answer.content.decode()
    assert CourseBooking.objects.get().booked_by == client_user
    assert "Clinical audit" in client.get("/learning/").content.decode()


def test_someone_without_a_name_is_asked_for_it(signed_in, make_user, cohort):
    client = signed_in(make_user("new@example.org", name=""))
    address = f"/cohorts/{cohort.code}/enrol/"

    page = client.post(address, {"name": ""}).content.decode()
    assert "Enter your full name." in page
    assert "<title>Error: " in page

    client.post(address, {"name": "Nia New"})
    client.post(f"{address}check/", accept())
    assert Enrolment.objects.get().name == "Nia New"


def test_a_contact_enrols_three_and_pays_by_purchase_order(team, cohort):
    assert team.post_team(ANN, BEN, None).url.endswith("/enrol/check/")
    page = team.get(f"/cohorts/{cohort.code}/enrol/check/").content.decode()
    assert "Enrol 3 people, £885.00" in page
    assert "PO-123456" in page
    assert "To be named" in page

    answer = team.post(f"/cohorts/{cohort.code}/enrol/check/", accept(), follow=True)

    booking = CourseBooking.objects.get()
    assert answer.redirect_chain[0][0] == f"/learning/bookings/{booking.uuid}/done/"
    assert [str(place) for place in booking.places] == ["Ann", "Ben", "To be named"]
    assert booking.purchase_order == "PO-123456"


def test_adding_and_removing_a_row_keeps_what_was_typed(team, cohort):
    answer = team.post_team(("Ann", "not an address"), None, add="1")
    page = team.get(answer.url.split("#")[0]).content.decode()
    assert answer.url.endswith("#delegate-3")
    assert 'value="not an address"' in page
    assert "Delegate 3" in page
    assert "There is a problem" not in page

    answer = team.post_team(("Ann", "not an address"), None, BEN, remove="0")
    page = team.get(answer.url.split("#")[0]).content.decode()
    assert "not an address" not in page
    assert "ben@trust.example.org" in page
    assert "Delegate 3" not in page


def test_going_back_to_change_finds_everything_as_it_was(team, cohort):
    team.post_team(ANN, None)

    page = team.get(f"/cohorts/{cohort.code}/enrol/").content.decode()

    assert 'value="ann@trust.example.org"' in page
    assert 'value="PO-123456"' in page
    assert page.split("<footer")[0].count("checked") == 1


@pytest.mark.parametrize(
    ("delegates", "purchase_order", "words"),
    [
        ([("", "")], "PO-123456", "Enter the delegate&#x27;s name, or tick"),
        ([("Ann", "")], "PO-123456", "Enter the delegate&#x27;s email address."),
        ([("Ann", "ann")], "PO-123456", "in the form name@example.org"),
        ([ANN, ("Anna", "ANN@trust.example.org")], "PO-123456", "is in the list twice"),
        ([ANN], "", "Example Trust requires one"),
        ([ANN], "12", "PO- and six digits"),
    ],
)
def test_the_page_says_what_to_mend(team, cohort, delegates, purchase_order, words):
    answer = team.post_team(*delegates, purchase_order=purchase_order)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<title>Error: " in page
    assert page.count(words) >= 2  # in the summary and at the field
    assert team.get(f"/cohorts/{cohort.code}/enrol/check/").status_code == 302


def test_terms_are_accepted_as_they_were_shown(team, cohort, terms):
    team.post_team(ANN)
    address = f"/cohorts/{cohort.code}/enrol/check/"

    page = team.post(address, accept(accepted="")).content.decode()
    assert "Tick that you accept the terms." in page

    EnrolmentTerms.objects.create(version=2, body="Other terms", schedule=[])
    page = team.post(address, accept(version=1)).content.decode()
    assert "The terms have changed" in page
    assert "Other terms" in page
    assert not CourseBooking.objects.exists()

    team.post(address, accept())
    assert CourseBooking.objects.get().terms.version == 2


def test_the_price_is_the_servers(team, cohort):
    team.post_team(ANN)

    team.post(f"/cohorts/{cohort.code}/enrol/check/", accept(price="1.00", total="1.00"))

    assert CourseBooking.objects.get().price == 295


def test_the_same_form_sent_twice_enrols_once(team, cohort):
    team.post_team(ANN)
    form = accept()

    first = team.post(f"/cohorts/{cohort.code}/enrol/check/", form)
    second = team.post(f"/cohorts/{cohort.code}/enrol/check/", form)

    assert first.url == second.url
    assert CourseBooking.objects.count() == 1


def test_somebody_elses_organisation_cannot_be_chosen(team, contact, cohort):
    other = Organisation.objects.create(name="Other")
    Membership.objects.create(user=contact, organisation=other, role=Membership.Role.MEMBER)

    answer = team.post(
        f"/cohorts/{cohort.code}/enrol/?for=team", rows(ANN, organisation=other.uuid)
    )

    assert answer.status_code == 200
    assert not CourseBooking.objects.exists()


def test_five_wanted_three_left_is_asked_and_split(team, cohort):
    cohort.capacity = 3
    cohort.save()
    team.post_team(ANN, BEN, None, None, None)
    address = f"/cohorts/{cohort.code}/enrol/check/"
    page = team.get(address).content.decode()
    assert "Enrol 3 now, £885.00, and put 2 on the waiting list" in page
    assert "Enrol nobody now and put 5 on the waiting list" in page

    answer = team.post(address, accept())
    assert answer.status_code == 409
    assert "Only 3 places are left" in answer.content.decode()
    assert not CourseBooking.objects.exists()

    answer = team.post(address, accept(answer="split", now="3"), follow=True)
    assert len(CourseBooking.objects.get().live_places) == 3
    assert WaitingListPlace.objects.get().places == 2
    assert "2 more places" in answer.content.decode()


def test_five_wanted_three_left_and_all_wait(team, cohort):
    cohort.capacity = 5
    cohort.taken = 2
    cohort.save()
    team.post_team(ANN, BEN, None, None, None)

    answer = team.post(f"/cohorts/{cohort.code}/enrol/check/", accept(answer="wait"), follow=True)

    assert not CourseBooking.objects.exists()
    assert WaitingListPlace.objects.get().places == 5
    assert "number 1 on the waiting list" in answer.content.decode()


def test_a_full_cohort_leads_to_the_waiting_list(signed_in, client_user, cohort):
    cohort.taken = cohort.capacity
    cohort.save()
    client = signed_in(client_user)
    assert "Join the waiting list" in client.get(cohort.get_absolute_url()).content.decode()

    answer = client.get(f"/cohorts/{cohort.code}/enrol/")
    assert answer.url == f"/cohorts/{cohort.code}/waiting-list/"
    page = client.post(answer.url, accept(), follow=True).content.decode()
    assert "You are on the waiting list" in page

    page = client.post(answer.url, accept()).content.decode()
    assert "already on the waiting list" in page
    assert WaitingListPlace.objects.count() == 1


def test_closed_enrolment_says_so(signed_in, client_user, cohort):
    cohort.status = "FINISHED"
    cohort.save()
    client = signed_in(client_user)

    for step in ("enrol/", "enrol/check/", "waiting-list/"):
        answer = client.get(f"{cohort.get_absolute_url()}{step}", follow=True)
        assert answer.redirect_chain[-1][0] == cohort.get_absolute_url()
        assert "has closed" in answer.content.decode()


def test_enrolling_asks_for_a_sign_in(cohort):
    for step in ("enrol/", "enrol/check/", "waiting-list/"):
        answer = Client().get(f"{cohort.get_absolute_url()}{step}")
        assert answer.status_code == 302
        assert answer.url.startswith("/account/login/")
