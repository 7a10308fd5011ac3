"""Checking and confirming: what is told, what is stored, what is refused."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from bookings import actions
from bookings.actions import agreement_texts
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession
from coaching_portal.testing.factories.sessions import (
    accepted,
    agreed_programme,
    answers,
    book_session,
    details_url,
)
from profiles.models import Client, Membership, Organisation

DAY = timedelta(days=1)


def test_a_visitor_who_signs_in_books_the_time_they_held(client, coach, client_user, free):
    there = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})["Location"]
    held = CoachingSession.objects.get()
    client.force_login(client_user, backend="allauth.account.auth_backends.AuthenticationBackend")

    page = client.get(there).content.decode()
    assert "Book this session, £75.00" in page
    answer = client.post(there, answers(coach, needs="A lift", agenda="The rota"))

    session = CoachingSession.objects.get()
    assert answer["Location"] == f"/book/una-umber/done/{session.uuid}/"
    assert (session.pk, session.status, session.client) == (held.pk, "BOOKED", client_user)
    assert session.agreement.accepted_from == "127.0.0.1"
    assert session.agenda.get().text == "The rota"
    client_user.refresh_from_db()
    assert client_user.needs == "A lift"


def test_the_confirmation_says_booked_with_all_that_matters(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    answer = browser.post(details_url(coach, free()), answers(coach), follow=True)

    page = answer.content.decode()
    assert "<h1>Booked</h1>" in page
    assert CoachingSession.objects.get().reference in page
    assert "Add it to your calendar" in page


def test_the_same_form_twice_books_once_with_the_same_answer(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    form = answers(coach, idempotency_key="2b1f0d0e-1111-4222-8333-444455556666")

    first = browser.post(details_url(coach, free()), form)
    second = browser.post(details_url(coach, free()), form)

    assert first["Location"] == second["Location"]
    assert CoachingSession.objects.count() == 1


def test_another_booking_takes_26_queries(
    signed_in, coach, client_user, free, django_assert_num_queries
):
    browser = signed_in(client_user)
    browser.post(details_url(coach, free()), answers(coach))  # the first one stores the agreement
    form = answers(coach, idempotency_key="2b1f0d0e-1111-4222-8333-444455556666")

    with django_assert_num_queries(26):
        answer = browser.post(details_url(coach, free() + DAY), form)

    assert answer.status_code == 302


def test_price_status_and_other_peoples_ids_in_the_form_are_ignored(
    signed_in, coach, client_user, stranger, free
):
    browser = signed_in(client_user)
    forged = answers(
        coach,
        price="0.00",
        rate="0",
        status="COMPLETED",
        sequence="9",
        client_id=str(stranger.pk),
        coach_id="999",
        hourly_rate="1",
    )

    browser.post(details_url(coach, free(), price="0"), forged)

    session = CoachingSession.objects.get()
    assert (str(session.price), session.status, session.client) == ("75.00", "BOOKED", client_user)


def test_somebody_elses_client_or_programme_in_the_address_is_not_found(
    signed_in, coach, client_user, stranger, free
):
    relation = Client.objects.create(user=client_user, coach=coach)
    programme = agreed_programme(coach, client_user)
    browser = signed_in(stranger)

    for asked in ({"client": relation.uuid}, {"client": "x"}, {"programme": programme.uuid}):
        assert browser.post(details_url(coach, free(), **asked), answers(coach)).status_code == 404
    assert not CoachingSession.objects.exists()


@pytest.mark.parametrize(
    ("minutes_later", "minutes"),
    [(-60 * 24 * 400, 60), (60 * 24 * 26000, 60), (7, 60), (60 * 10, 60), (0, 61), (0, 45)],
)
def test_a_time_or_length_that_was_not_offered_is_refused(
    signed_in, coach, client_user, free, minutes_later, minutes
):
    start = free() + timedelta(minutes=minutes_later)
    answer = signed_in(client_user).post(
        details_url(coach, start, minutes=minutes), answers(coach, start_early="on")
    )

    assert answer.status_code in (400, 409)
    assert "There is a problem" in answer.content.decode()
    assert not CoachingSession.objects.exists()


def test_a_time_that_has_gone_keeps_what_was_typed(signed_in, coach, client_user, stranger, free):
    actions.book(
        booking_request=BookingRequest(coach, free(), 60),
        client=stranger,
        by=stranger,
        at=timezone.now(),
        details=accepted(coach),
    )

    answer = signed_in(client_user).post(
        details_url(coach, free()), answers(coach, agenda="Not to be lost")
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "That time has just been taken." in page
    assert "Not to be lost" in page
    nearest = answer.context["nearest"]
    assert len(nearest) == 3
    again = signed_in(client_user).post(
        details_url(coach, free()), answers(coach, start=nearest[0].value)
    )
    assert again.status_code == 302


def test_without_accepting_the_agreement_nothing_is_booked(signed_in, coach, client_user, free):
    answer = signed_in(client_user).post(details_url(coach, free()), answers(coach, accept=None))

    assert "Tick to accept the agreement." in answer.content.decode()
    assert not CoachingSession.objects.exists()


def test_an_agreement_that_has_changed_must_be_read_again(signed_in, coach, client_user, free):
    form = answers(coach)
    text = agreement_texts.store(agreement_texts.short_form(coach))
    type(text).objects.create(coach=coach, form=text.form, version=2, body="New words")

    answer = signed_in(client_user).post(details_url(coach, free()), form)

    assert "The agreement has changed." in answer.content.decode()
    assert not CoachingSession.objects.exists()


def test_a_price_that_has_changed_is_shown_before_it_is_booked(signed_in, coach, client_user, free):
    coach.hourly_rate = 85
    coach.save()
    there = details_url(coach, free())

    page = signed_in(client_user).post(there, answers(coach, shown_price="75.00")).content.decode()
    assert "The price has changed to £85.00." in page
    assert "Book this session, £85.00" in page
    signed_in(client_user).post(there, answers(coach, shown_price="85.00"))

    assert CoachingSession.objects.get().price == 85


def test_inside_14_days_a_consumer_asks_for_the_early_start(signed_in, coach, client_user, free):
    soon = free(ahead=3 * DAY)
    browser = signed_in(client_user)

    refused = browser.post(details_url(coach, soon), answers(coach))
    assert "Tick to ask for the session within the 14 days" in refused.content.decode()
    browser.post(details_url(coach, soon), answers(coach, start_early="on"))

    assert CoachingSession.objects.get().agreement.wishes_to_start_early


def test_an_organisation_pays_against_a_purchase_order_of_its_form(
    signed_in, coach, client_user, free
):
    trust = Organisation.objects.create(
        name="Example Trust", purchase_order_mask="PO-999999", purchase_order_hint="PO- and 6"
    )
    Membership.objects.create(user=client_user, organisation=trust)
    browser = signed_in(client_user)

    wrong = answers(coach, payer=str(trust.uuid), purchase_order="PO-12345")
    assert "Enter the purchase order number in the form that Example Trust uses: PO- and 6." in (
        browser.post(details_url(coach, free()), wrong).content.decode()
    )
    right = answers(coach, payer=str(trust.uuid), purchase_order="PO-123456")
    browser.post(details_url(coach, free()), right)

    session = CoachingSession.objects.get()
    assert (session.organisation, session.purchase_order) == (trust, "PO-123456")


def test_an_organisation_that_is_only_named_waits_to_be_checked(
    signed_in, coach, client_user, free
):
    browser = signed_in(client_user)

    browser.post(
        details_url(coach, free()),
        answers(coach, payer="another", organisation_name="Example School"),
    )

    organisation = CoachingSession.objects.get().organisation
    assert (organisation.name, organisation.is_checked) == ("Example School", False)


def test_an_organisation_of_other_peoples_cannot_be_made_to_pay(
    signed_in, coach, client_user, free
):
    trust = Organisation.objects.create(name="Example Trust")

    signed_in(client_user).post(details_url(coach, free()), answers(coach, payer=str(trust.uuid)))

    assert not CoachingSession.objects.exists()


def test_a_workplace_session_asks_for_the_address(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    there = details_url(coach, free(), location="WORKPLACE")

    assert "Enter the address of your workplace." in (
        browser.post(there, answers(coach)).content.decode()
    )
    browser.post(there, answers(coach, location_details="1 Example Road"))

    assert CoachingSession.objects.get().location_details == "1 Example Road"


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(hours=48), "Free to cancel or move until"),
        (timedelta(hours=47, minutes=59), "If you cancel now, £75.00 is charged to Example Trust."),
    ],
)
def test_the_confirmation_says_what_a_cancellation_would_cost_now(
    signed_in, coach, client_user, before, said
):
    trust = Organisation.objects.create(name="Example Trust")
    session = book_session(coach, client_user, organisation=trust)

    with time_machine.travel(session.starts_at - before, tick=False):
        page = signed_in(client_user).get(f"/book/{coach.slug}/done/{session.uuid}/")

    assert said in page.content.decode()
