"""Every page as its owner, a stranger, the other organisation and somebody signed out see it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from coaching_portal.testing import NINE
from training.models import Cohort, CourseBooking, Enrolment
from training.tests.conftest import EARLY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _sixty_days_before():
    with time_machine.travel(EARLY, tick=False):
        yield


def test_anyone_reads_courses_and_dates(client, cohort):
    for address in ("/courses/", "/courses/clinical-audit/", f"/cohorts/{cohort.code}/"):
        page = client.get(address)
        assert page.status_code == 200
        assert "Clinical audit" in page.content.decode()
        assert "10 places left" in page.content.decode()


def test_a_code_is_read_in_any_letter_case(client, cohort):
    assert client.get(f"/cohorts/{cohort.code.lower()}/").status_code == 200


def test_drafts_and_unpublished_courses_are_nobodys_business(client, make_cohort, course):
    draft = make_cohort(status=Cohort.Status.DRAFT)
    assert client.get(draft.get_absolute_url()).status_code == 404

    cohort = make_cohort()
    course.is_published = False
    course.save()
    assert client.get(cohort.get_absolute_url()).status_code == 404
    assert client.get(course.get_absolute_url()).status_code == 404


def test_the_online_room_and_joining_instructions_are_for_learners(
    signed_in, make_cohort, enrol_self, client_user, stranger
):
    cohort = make_cohort(
        setting="ONLINE",
        room_url="https://rooms.example.org/secret",
        joining_instructions="Bring an audit of your own.",
    )
    enrol_self(client_user, cohort=cohort)

    for address in (cohort.get_absolute_url(), "/learning/"):
        page = signed_in(stranger).get(address).content.decode()
        assert "secret" not in page
        assert "Bring an audit" not in page

    page = signed_in(client_user).get("/learning/").content.decode()
    assert "https://rooms.example.org/secret" in page
    assert "Bring an audit" in page


def test_the_list_is_narrowed_by_subject_place_and_month(client, make_cohort):
    make_cohort(venue="Example Hall")
    make_cohort(setting="ONLINE", begins_at=NINE + timedelta(days=40))

    def shown(query):
        page = client.get(f"/courses/?{query}").content.decode()
        return page.count('scope="row"')

    assert shown("") == 2
    assert shown("setting=ONLINE") == 1
    assert shown("month=2027-06") == 1
    assert shown("month=2027-07&setting=ONLINE") == 1
    assert shown("month=2027-06&setting=ONLINE") == 0
    assert shown("course=clinical-audit") == 2
    assert shown("course=nonsense&month=x") == 2


@pytest.fixture
def pages(contact, enrol_staff):
    """The addresses of one organisation's booking."""
    booking = enrol_staff(contact, "Ann", None)
    named, unnamed = booking.places
    return [
        reverse("training:booking", args=[booking.uuid]),
        reverse("training:booked", args=[booking.uuid]),
        reverse("training:cancel_booking", args=[booking.uuid]),
        reverse("training:pass_on", args=[named.uuid]),
        reverse("training:name_place", args=[unnamed.uuid]),
        reverse("training:cancel_place", args=[named.uuid]),
    ]


def test_a_booking_is_the_customers(
    client, signed_in, pages, contact, stranger, make_contact, make_user
):
    for address in pages:
        assert client.get(address).status_code == 302
    signed_in(contact)
    for address in pages:
        assert client.get(address).status_code == 200
    other_contact, _ = make_contact("other")
    member = make_user("member@trust.example.org")
    member.memberships.create(organisation=contact.memberships.get().organisation)
    learner = make_user("ann@trust.example.org")
    for user in (stranger, other_contact, member, learner):
        signed_in(user)
        for address in pages:
            assert client.get(address).status_code == 404, (user.email, address)
            assert client.post(address).status_code in (404, 405)  # pages only read take none


def test_who_is_a_contact_no_longer_sees_the_organisations_bookings_no_longer(
    signed_in, pages, contact
):
    contact.memberships.all().delete()

    client = signed_in(contact)

    assert {client.get(address).status_code for address in pages} == {404}
    assert "Clinical audit" not in client.get("/learning/").content.decode()


def test_two_organisations_in_one_cohort_never_see_each_others_delegates(
    signed_in, make_contact, enrol_staff, cohort
):
    (trust, _), (other, _) = make_contact("trust"), make_contact("other")
    enrol_staff(trust, "Ann")
    enrol_staff(other, "Ben")

    for user, own, foreign in ((trust, "Ann", "Ben"), (other, "Ben", "Ann")):
        client = signed_in(user)
        booking = CourseBooking.objects.visible_to(user).get()
        for address in ("/learning/", booking.get_absolute_url(), cohort.get_absolute_url()):
            page = client.get(address).content.decode()
            assert foreign not in page
        assert own in client.get("/learning/").content.decode()
    assert not Enrolment.objects.visible_to(trust).filter(name="Ben").exists()


def test_my_learning_is_empty_says_so_and_asks_for_a_sign_in(client, signed_in, stranger):
    assert client.get("/learning/").status_code == 302

    assert "Your courses will be here" in signed_in(stranger).get("/learning/").content.decode()


def test_the_calendar_file_is_the_learners_while_the_place_is_theirs(
    client, signed_in, enrol_self, client_user, stranger
):
    place = enrol_self(client_user).places[0]
    address = reverse("training:place_ics", args=[place.uuid])

    assert client.get(address).status_code == 302
    assert signed_in(stranger).get(address).status_code == 404
    file = signed_in(client_user).get(address)
    assert file["Content-Type"].startswith("text/calendar")
    assert file.content.decode().count("BEGIN:VEVENT") == 2

    Enrolment.objects.update(status=Enrolment.Status.SUBSTITUTED)
    assert client.get(address).status_code == 404


def test_leaving_a_waiting_list_is_a_post_and_ones_own(
    client, signed_in, cohort, client_user, stranger
):
    from training import actions

    waiting = actions.join_waiting_list(cohort=cohort, by=client_user, at=EARLY)
    address = reverse("training:leave_waiting", args=[waiting.uuid])

    assert client.post(address).status_code == 302  # to the sign-in
    assert signed_in(stranger).post(address).status_code == 404
    assert signed_in(client_user).get(address).status_code == 405
    waiting.refresh_from_db()
    assert waiting.is_waiting

    client.post(address)
    waiting.refresh_from_db()
    assert not waiting.is_waiting
