"""The office's pages: what can be typed, what only actions do."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.utils import timezone

from coaching_portal.notifications.models import OutgoingMessage
from training import actions
from training.models import Cohort, CourseBooking, EnrolmentTerms, TeachingSession

SOON = timezone.now() + timedelta(days=60)


@pytest.fixture
def office(signed_in, admin_user):
    return signed_in(admin_user)


@pytest.fixture
def cohort(make_cohort):
    return make_cohort(begins_at=SOON, halves=1)


def typed(cohort, **fields):
    """The cohort's form as the admin page shows it, with some fields typed over."""
    session = cohort.teaching_sessions.get()
    start, end = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return {
        "course": cohort.course_id,
        "code": cohort.code,
        "status": cohort.status,
        "capacity": cohort.capacity,
        "setting": cohort.setting,
        "venue": cohort.venue,
        "address": "",
        "room_url": "",
        "joining_instructions": "",
        "enrolment_closes_at_0": "",
        "enrolment_closes_at_1": "",
        "teaching_sessions-TOTAL_FORMS": 1,
        "teaching_sessions-INITIAL_FORMS": 1,
        "teaching_sessions-0-id": session.pk,
        "teaching_sessions-0-cohort": cohort.pk,
        "teaching_sessions-0-starts_at_0": f"{start:%Y-%m-%d}",
        "teaching_sessions-0-starts_at_1": f"{start:%H:%M:%S}",
        "teaching_sessions-0-ends_at_0": f"{end:%Y-%m-%d}",
        "teaching_sessions-0-ends_at_1": f"{end:%H:%M:%S}",
        **fields,
    }


def change(office, cohort, **fields):
    return office.post(f"/admin/training/cohort/{cohort.pk}/change/", typed(cohort, **fields))


@pytest.mark.parametrize(("capacity", "status"), [(1, 200), (2, 302)])
def test_a_cohort_cannot_have_fewer_places_than_are_taken(
    office, cohort, contact, enrol_staff, capacity, status
):
    enrol_staff(contact, "Ann", "Ben", cohort=cohort, at=timezone.now())

    answer = change(office, cohort, capacity=capacity)

    assert answer.status_code == status
    assert (b"2 places are taken" in answer.content) == (status == 200)


def test_saving_the_form_never_writes_the_count_of_places(office, cohort, monkeypatch):
    from training.admin import CohortForm

    clean = CohortForm.clean

    def somebody_enrols_meanwhile(form):
        Cohort.objects.filter(pk=cohort.pk).update(taken=3)
        return clean(form)

    monkeypatch.setattr(CohortForm, "clean", somebody_enrols_meanwhile)
    change(office, cohort, venue="Another hall")

    cohort.refresh_from_db()
    assert (cohort.venue, cohort.taken) == ("Another hall", 3)


def test_a_new_cohort_gets_a_code(office, course):
    fields = {
        "course": course.pk,
        "status": "DRAFT",
        "capacity": 8,
        "setting": "VENUE",
        "teaching_sessions-TOTAL_FORMS": 0,
        "teaching_sessions-INITIAL_FORMS": 0,
    }

    assert office.post("/admin/training/cohort/add/", fields).status_code == 302
    assert Cohort.objects.get().code.startswith("CA-")
    assert len(Cohort.objects.get().code) == 7


def test_a_new_venue_is_announced_and_a_new_capacity_is_not(office, cohort, contact, enrol_staff):
    enrol_staff(contact, "Ann", cohort=cohort, at=timezone.now())

    change(office, cohort, capacity=11)
    assert Cohort.objects.get().sequence == 0
    change(office, cohort, capacity=11, venue="Another hall")

    assert Cohort.objects.get().sequence == 1
    joining = OutgoingMessage.objects.filter(kind="course-joining")
    assert sorted(joining.values_list("occasion", flat=True)) == ["0", "1"]


def test_cancelling_a_cohort_asks_first(office, cohort, contact, enrol_staff):
    enrol_staff(contact, "Ann", cohort=cohort, at=timezone.now())
    form = {"action": "cancel_cohort", "_selected_action": cohort.pk}

    page = office.post("/admin/training/cohort/", form)
    assert "cannot be undone" in page.content.decode()
    assert not Cohort.objects.get().is_cancelled

    office.post("/admin/training/cohort/", form | {"confirmed": "yes"})
    assert Cohort.objects.get().is_cancelled
    assert CourseBooking.objects.get().total == 0


def test_status_cancelled_cannot_be_typed(office, cohort):
    assert change(office, cohort, status="CANCELLED").status_code == 200
    assert not Cohort.objects.get().is_cancelled


def test_a_booking_is_cancelled_by_its_terms_after_asking(office, cohort, contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", cohort=cohort, at=timezone.now())
    form = {"action": "cancel", "_selected_action": booking.pk}

    assert b"at the fee" in office.post("/admin/training/coursebooking/", form).content
    assert CourseBooking.objects.get().cancelled_at is None
    office.post("/admin/training/coursebooking/", form | {"confirmed": "yes"})

    assert CourseBooking.objects.get().cancelled_at


def test_of_a_booking_only_the_purchase_order_can_be_mended(office, cohort, contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", cohort=cohort, at=timezone.now())
    address = f"/admin/training/coursebooking/{booking.pk}/change/"
    assert "Not invoiced yet" in office.get(address).content.decode()
    inline = {"enrolments-TOTAL_FORMS": 0, "enrolments-INITIAL_FORMS": 0}

    office.post(address, {"purchase_order": "PO-654321", "price": "1.00", **inline})

    booking.refresh_from_db()
    assert (booking.purchase_order, booking.price) == ("PO-654321", 295)
    answer = office.post(address, {"purchase_order": "654321", **inline})
    assert "PO- and six digits" in answer.content.decode()


def test_terms_are_added_and_never_edited(office):
    first = EnrolmentTerms.current()

    new = {"version": 2, "body": "New terms", "schedule": '[{"days": 0, "percent": 50}]'}
    office.post("/admin/training/enrolmentterms/add/", new)
    assert EnrolmentTerms.current().version == 2
    answer = office.post(f"/admin/training/enrolmentterms/{first.pk}/change/", {"body": "Edited"})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    "schedule",
    [
        '{"days": 0}',
        "[5]",
        '[{"days": 0}]',
        '[{"days": 0, "percent": 101}]',
        '[{"days": "x", "percent": 1}]',
    ],
)
def test_terms_from_which_no_fee_can_be_worked_out_are_refused(office, schedule):
    new = {"version": 2, "body": "New terms", "schedule": schedule}

    answer = office.post("/admin/training/enrolmentterms/add/", new)

    assert "a percentage from 0 to 100" in answer.content.decode()
    assert not EnrolmentTerms.objects.filter(version=2).exists()


@pytest.mark.parametrize("number", [1, 12])
def test_every_list_opens_in_a_fixed_number_of_queries(
    office, make_cohort, contact, enrol_staff, number, django_assert_max_num_queries
):
    for _ in range(number):
        cohort = make_cohort(begins_at=SOON)
        enrol_staff(contact, "Ann", None, cohort=cohort, at=timezone.now())
    models = [model for model in admin.site._registry if model._meta.app_label == "training"]
    assert len(models) == 6

    for model in models:
        with django_assert_max_num_queries(20):
            page = office.get(f"/admin/training/{model._meta.model_name}/")
        assert page.status_code == 200


def test_a_session_without_a_start_is_refused_with_words(office, cohort):
    answer = change(office, cohort, **{"teaching_sessions-0-ends_at_0": "2020-01-01"})

    assert "A session must end after it starts." in answer.content.decode()
    assert TeachingSession.objects.get().ends_at > SOON


def test_the_office_sees_who_is_offered_a_place_and_until_when(office, cohort, client_user):
    now = timezone.now()
    actions.join_waiting_list(cohort=cohort, by=client_user, at=now)
    actions.offer_free_places(at=now)

    cohorts = office.get("/admin/training/cohort/").content.decode()
    waiting = office.get("/admin/training/waitinglistplace/").content.decode()

    assert "1 of 10, 1 of them offered" in cohorts
    assert "Offered until" in waiting
    assert '<td class="field-offered">1</td>' in waiting
