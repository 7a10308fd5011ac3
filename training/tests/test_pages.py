"""Every page as its owner, a stranger, the other organisation and somebody signed out see it."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coaching_portal.testing.plugin import NINE
from training import actions
from training.models import Cohort, CourseBooking, Enrolment, EnrolmentTerms
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

    assert "Your courses will appear here" in signed_in(stranger).get("/learning/").content.decode()


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


@pytest.fixture
def waiting(make_cohort, client_user):
    """A place offered to the client at the moment that pages read."""
    now = timezone.now()
    cohort = make_cohort(begins_at=now + timedelta(days=60))
    waiting = actions.join_waiting_list(cohort=cohort, by=client_user, at=now)
    actions.offer_free_places(at=now)
    waiting.refresh_from_db()
    return waiting


def test_an_offer_is_accepted_on_a_page_with_the_terms_of_that_moment(
    client, signed_in, waiting, client_user
):
    address = reverse("training:offer", args=[waiting.uuid])
    browser = signed_in(client_user)
    assert address in browser.get(reverse("training:learning")).content.decode()
    form = {"version": EnrolmentTerms.current().version, "accepted": "on"}
    EnrolmentTerms.objects.create(version=99, body="New terms")

    page = browser.post(address, form).content.decode()
    assert "The terms have changed" in page
    assert "New terms" in page
    assert not waiting.cohort.enrolments.exists()
    answer = browser.post(address, {**form, "version": 99})

    booking = CourseBooking.objects.get()
    assert answer["Location"] == reverse("training:booked", args=[booking.uuid])
    assert booking.terms.version == 99


def test_reading_the_offer_changes_nothing_and_declining_is_a_button(
    client, signed_in, waiting, client_user
):
    browser = signed_in(client_user)
    decline = reverse("training:decline_offer", args=[waiting.uuid])

    assert browser.get(reverse("training:offer", args=[waiting.uuid])).status_code == 200
    assert browser.get(decline).status_code == 405
    waiting.refresh_from_db()
    assert waiting.offered == 1

    page = browser.post(decline, follow=True).content.decode()
    assert "You have declined the offer" in page
    waiting.refresh_from_db()
    assert waiting.status == "DECLINED"
    page = browser.get(reverse("training:offer", args=[waiting.uuid]), follow=True)
    assert "This offer has ended" in page.content.decode()


def test_a_contact_accepts_some_of_the_places_on_a_purchase_order(signed_in, contact, make_cohort):
    now = timezone.now()
    cohort = make_cohort(begins_at=now + timedelta(days=60))
    organisation = contact.memberships.get().organisation
    waiting = actions.join_waiting_list(
        cohort=cohort, by=contact, organisation=organisation, places=3, at=now
    )
    actions.offer_free_places(at=now)
    address, browser = reverse("training:offer", args=[waiting.uuid]), signed_in(contact)
    form = {"version": EnrolmentTerms.current().version, "accepted": "on", "places": "2"}

    assert "purchase order" in browser.post(address, form).content.decode()
    assert browser.post(address, {**form, "places": "4"}).status_code == 200
    browser.post(address, {**form, "purchase_order": "PO-123456"})

    booking = CourseBooking.objects.get()
    assert (booking.number_of_places, booking.number_to_name) == (2, 2)
    assert (booking.organisation, booking.purchase_order) == (organisation, "PO-123456")


def test_the_enrol_page_leads_someone_with_an_offer_to_it(signed_in, waiting, client_user):
    answer = signed_in(client_user).get(reverse("training:enrol", args=[waiting.cohort.code]))

    assert answer["Location"] == reverse("training:offer", args=[waiting.uuid])


def test_leaving_a_waiting_list_is_a_post_and_ones_own(
    client, signed_in, cohort, client_user, stranger
):
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
