"""The admin's first page: what waits, and the lists arranged by task."""

from datetime import timedelta

import pytest
from django.contrib import admin

from bookings.actions import enquiries
from bookings.models import CoachingSession
from coaching_portal.backoffice.admin_site import PortalAdminSite
from coaching_portal.testing.plugin import NINE
from profiles.models import Coach, Leader, Organisation, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(signed_in, admin_user):
    return signed_in(admin_user)


def sections(response):
    return {section["name"]: section for section in response.context["app_list"]}


def waits(response):
    return {item.name: item.count for item in response.context["waiting"]}


def test_lists_are_arranged_by_task(office):
    found = sections(office.get("/admin/"))

    people = [entry["object_name"] for entry in found["People"]["models"]]
    assert people[:4] == ["User", "Organisation", "Coach", "Leader"]
    assert "Enquiry" in [entry["object_name"] for entry in found["Coaching"]["models"]]


def test_every_registered_model_has_a_place(office):
    listed = [
        entry["model"]
        for section in office.get("/admin/").context["app_list"]
        for entry in section["models"]
    ]

    assert sorted(map(str, listed)) == sorted(map(str, set(admin.site._registry)))


def test_what_waits_is_counted(office):
    enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="?", at=NINE
    )
    Organisation.objects.create(name="Named by a client", is_checked=False)
    Leader.objects.create(slug="lea", name="Lea", role="Chair", state=Leader.State.APPROVAL)

    found = waits(office.get("/admin/"))

    assert found["Enquiries to answer"] == 1
    assert found["Organisations to check"] == 1
    assert found["Leaders who have been asked to approve their page"] == 1


def test_each_matter_opens_a_list_that_shows_it(office):
    for item in office.get("/admin/").context["waiting"]:
        assert office.get(item.address).status_code == 200


def test_a_models_own_pages_stand_in_its_group(rf, admin_user):
    class CoachAdmin(admin.ModelAdmin):
        index_links = [("Look at everyone", "admin:index")]

    site = PortalAdminSite()
    site.register(Coach, CoachAdmin)
    request = rf.get("/admin/")
    request.user = admin_user

    (people,) = site.get_app_list(request)

    assert people["links"] == [{"label": "Look at everyone", "address": "/admin/"}]


@pytest.mark.parametrize("model", ["coachingsession", "programme", "enquiry"])
def test_coaching_is_read_in_the_admin_and_changed_elsewhere(office, model):
    assert office.get(f"/admin/bookings/{model}/?q=some").status_code == 200
    assert office.get(f"/admin/bookings/{model}/add/").status_code == 403


def test_a_sessions_agenda_and_needs_stay_out_of_the_admin(office, coach, client_user):
    session = CoachingSession.objects.create(
        coach=coach,
        client=client_user,
        status=CoachingSession.Status.BOOKED,
        starts_at=NINE,
        ends_at=NINE + timedelta(hours=1),
        free_again_at=NINE + timedelta(hours=1),
        needs="A quiet room",
        rate=75,
        price=75,
    )
    session.agenda.create(author=client_user, text="My secret")

    page = office.get(f"/admin/bookings/coachingsession/{session.pk}/change/").content.decode()

    assert "Cleo Client" in page
    assert "A quiet room" not in page
    assert "My secret" not in page


def test_the_index_is_for_staff(signed_in, client_user):
    assert signed_in(client_user).get("/admin/").status_code == 302


@pytest.mark.parametrize("model", ["user", "organisation", "coach", "leader"])
def test_people_can_be_listed_searched_and_added(office, model):
    assert office.get(f"/admin/profiles/{model}/?q=some").status_code == 200
    assert office.get(f"/admin/profiles/{model}/add/").status_code == 200


def test_a_persons_roles_stand_on_one_page(office, coach):
    page = office.get(f"/admin/profiles/user/{coach.user.pk}/change/").content.decode()

    assert "una-umber" in page
    assert "memberships-TOTAL_FORMS" in page


def test_a_new_person_can_be_added(office):
    office.post(
        "/admin/profiles/user/add/",
        {
            "email": "new@example.org",
            "name": "Nell New",
            "usable_password": "true",
            "password1": "a long enough phrase",
            "password2": "a long enough phrase",
        },
    )

    assert User.objects.get(email="new@example.org").check_password("a long enough phrase")


def test_answering_an_enquiry_is_recorded(office, admin_user):
    enquiry = enquiries.submit_enquiry(
        subject="MESSAGE", name="Jo", email="jo@example.org", message="?", at=NINE
    )

    office.post(
        "/admin/bookings/enquiry/",
        {"action": "mark_answered", "_selected_action": [enquiry.pk]},
    )

    enquiry.refresh_from_db()
    assert enquiry.answered_by == admin_user
