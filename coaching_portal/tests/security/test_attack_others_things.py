"""Keys of what is somebody else's, put where a form or an address has one's own: not found."""

import uuid
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.utils import timezone

from bookings.actions import agreement_texts
from bookings.availability import slot_queries
from bookings.models import CoachingSession, Programme
from coaching_portal.example_data.people import coach, organisation, person
from coaching_portal.testing.factories.one_of_each import DAY
from coaching_portal.tests.security.forms_on_pages import forms_of
from profiles.models import Client, DiaryDelegate, Organisation
from training.models import CourseBooking, WaitingListPlace


@pytest.fixture
def signed_in_as(in_world):
    def sign_in(handle):
        browser = Browser()
        browser.force_login(person(handle))
        return browser

    return sign_in


@pytest.fixture
def times(in_world):
    """Free hours of the coach, far enough ahead for everybody."""
    since = timezone.now() + 21 * DAY
    return slot_queries.open_slots(
        coach(), minutes=60, since=since, until=since + 7 * DAY, at=timezone.now()
    )


def details_of(start, **asked):
    """The page of the details of a single session, or of whatever else is asked for."""
    single = {"programme": "none", "minutes": 60, "location": "VIDEO", "start": start.isoformat()}
    asked = single | asked
    return f"/book/{coach().slug}/details/?{urlencode(asked)}"


def answers(**changes):
    text = agreement_texts.short_form(coach())
    told = {"payer": "self", "agreement": text.sha256, "accept": "on", "start_early": "on"}
    return told | changes


def booked_since(times):
    return CoachingSession.objects.filter(starts_at__in=times, status="BOOKED")


def test_nobody_books_for_somebody_whose_diary_they_do_not_keep(signed_in_as, times):
    stranger = {"client": person("nadia").uuid}

    for booker in ("client", "delegate", "contact"):
        answer = signed_in_as(booker).post(details_of(times[0], **stranger), answers(**stranger))

        assert answer.status_code == 404
    assert not booked_since(times).exists()


def test_a_coach_books_for_her_own_clients_only(signed_in_as, times):
    other = Client.objects.create(user=person("vera"), coach=coach("coach2"))
    of_other_coach = {"client": other.uuid}

    answer = signed_in_as("coach").post(details_of(times[0], **of_other_coach), answers())

    assert answer.status_code == 404
    assert not booked_since(times).exists()


def test_nobody_books_on_somebody_elses_programme(signed_in_as, times):
    theirs = Programme.objects.get(client=person("learner"))

    answer = signed_in_as("client").post(details_of(times[0], programme=theirs.uuid), answers())

    assert answer.status_code == 404
    assert not booked_since(times).exists()


def test_nobody_lets_an_organisation_pay_that_is_not_theirs(signed_in_as, times):
    council = organisation("Example Borough Council")

    answer = signed_in_as("client").post(details_of(times[0]), answers(payer=str(council.uuid)))

    assert answer.status_code == 200
    assert "error" in answer.text
    assert not booked_since(times).exists()


def test_control_with_ones_own_things_the_same_form_books(signed_in_as, times):
    DiaryDelegate.objects.get(user=person("delegate"), client=person("client"))
    own = {"client": person("client").uuid}

    answer = signed_in_as("delegate").post(details_of(times[0], **own), answers(**own))

    assert answer.status_code == 302
    assert booked_since(times).get().client == person("client")


def test_an_agenda_item_is_taken_off_by_its_author_only(in_world, signed_in_as):
    address = in_world.address("bookings:remove_agenda")

    for other in ("coach", "delegate", "contact", "admin"):
        assert signed_in_as(other).post(address).status_code == 404
    assert signed_in_as("client").post(address).status_code == 302


def test_a_coach_settles_no_session_of_another_coach(in_world, signed_in_as):
    theirs = CoachingSession.objects.get(**in_world.kwargs["bookings:confirm"])
    day = in_world.address("bookings:confirm_day")

    signed_in_as("coach2").post(day, {f"outcome_{theirs.uuid.hex}": "CANCELLED"})

    theirs.refresh_from_db()
    assert theirs.status == "BOOKED"


@pytest.mark.parametrize("key", ["uuid", "pk"])
def test_a_contact_enrols_for_no_other_organisation(in_world, signed_in_as, key):
    council = organisation("Example Borough Council")
    browser, address = signed_in_as("contact"), in_world.address("training:enrol")
    form = next(form for form in forms_of(browser.get(address)) if "organisation" in form.names)
    staff = {"delegate-0-name": "Ann", "delegate-0-email": "ann@example.org"}
    before = CourseBooking.objects.count()

    answer = browser.post(address, form.data | staff | {"organisation": getattr(council, key)})
    browser.post(in_world.address("training:check"), {"accepted": "on", "version": "1"})

    assert answer.status_code == 200
    assert CourseBooking.objects.count() == before


def test_a_contact_waits_for_no_other_organisation(in_world, signed_in_as):
    council = Organisation.objects.get_or_create(name="Example Borough Council")[0]
    address = in_world.address("training:waiting_list")

    answer = signed_in_as("contact").post(address, {"organisation": council.pk, "places": "1"})

    assert answer.status_code == 200
    assert not WaitingListPlace.objects.filter(organisation=council).exists()


def test_anothers_key_of_a_form_repeats_nothing_of_theirs(in_world, signed_in_as, times):
    key = {"idempotency_key": str(uuid.uuid4())}
    first = signed_in_as("client").post(details_of(times[0]), answers(**key))

    second = signed_in_as("gwen").post(details_of(times[-1]), answers(**key))

    assert first.status_code == second.status_code == 302
    assert first.url != second.url
    assert booked_since(times).get(client=person("gwen")).starts_at == times[-1]


def test_control_ones_own_key_is_repeated(in_world, signed_in_as, times):
    browser, key = signed_in_as("client"), {"idempotency_key": str(uuid.uuid4())}

    first, second = (browser.post(details_of(times[0]), answers(**key)) for _ in range(2))

    assert first.url == second.url
    assert booked_since(times).count() == 1
