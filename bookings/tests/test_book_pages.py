from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client as Browser
from django.utils import timezone

from bookings import actions, agreement_texts, picker
from bookings.models import CoachingSession
from bookings.tests.scenes import accepted, agreed_programme, open_hours
from bookings.wishes import Wish
from profiles.models import Client, DiaryDelegate, Membership, Organisation

DAY = timedelta(days=1)


@pytest.fixture
def free(coach):
    """free(n): the n-th open hour from three weeks on, so that no 14 days are in the way."""
    open_hours(coach, offers_workplace=True)
    at, found = timezone.now(), {}

    def free(number=0, ahead=21 * DAY):
        from bookings import diary

        if ahead not in found:
            since = at + ahead
            asked = {"minutes": 60, "since": since, "until": since + 14 * DAY, "at": at}
            found[ahead] = diary.open_slots(coach, **asked)
        return found[ahead][2 * number]

    return free


def details_url(coach, starts_at, **asked):
    asked = {"minutes": 60, "place": "VIDEO", "start": starts_at.isoformat()} | asked
    return f"/book/{coach.slug}/details/?{urlencode(asked)}"


def answers(coach, **changes):
    told = {
        "payer": "self",
        "agreement": agreement_texts.short_form(coach).sha256,
        "accept": "on",
    }
    return {name: value for name, value in (told | changes).items() if value is not None}


def test_the_first_step_offers_lengths_with_prices_and_places(client, coach, free):
    page = client.get("/book/una-umber/").content.decode()

    assert "a first conversation, free of charge" in page
    assert "1 hour 30 minutes, £112.50" in page
    assert "Video call" in page
    assert "At the practice" not in page


def test_an_unknown_coach_is_not_found(client, coach):
    assert client.get("/book/nobody/").status_code == 404
    coach.is_public = False
    coach.save()
    assert client.get("/book/una-umber/").status_code == 404


def test_a_length_that_is_not_offered_leads_back_to_the_first_step(client, free):
    page = client.get("/book/una-umber/?minutes=61")

    assert b"does not offer sessions of that length" in page.content
    posted = client.post("/book/una-umber/?minutes=61", {"start": free().isoformat()})
    assert posted.status_code == 400
    assert not CoachingSession.objects.exists()


def test_the_time_page_shows_the_week_as_radios_in_the_viewers_zone(client, free):
    start = free()
    asked = {"minutes": 60, "date": start.date(), "zone": "America/New_York"}

    page = client.get(f"/book/una-umber/?{urlencode(asked)}").content.decode()

    assert f'value="{start.isoformat()}"' in page
    assert "New York time" in page
    slot = picker.Slot(start, "America/New_York")
    assert slot.words in page


def test_an_empty_week_names_the_next_free_time_and_links_to_it(client, coach, free):
    coach.weekly_hours.exclude(weekday=4).delete()
    coach.booking_rules.minimum_notice_minutes = 20 * 24 * 60
    coach.booking_rules.save()

    page = client.get(f"/book/una-umber/?minutes=60&date={timezone.now().date()}").content.decode()

    assert "There are no free times in this week. The next is <strong>Friday" in page
    assert "Show the week of" in page


def test_choosing_a_time_holds_it_and_leads_to_the_details(client, free):
    answer = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    held = CoachingSession.objects.get()
    assert (held.status, held.starts_at) == ("HELD", free())
    assert held.visitor_key == client.session["visitor_key"]
    assert answer.status_code == 302
    assert answer["Location"].startswith("/book/una-umber/details/?")


def test_a_time_held_by_somebody_else_answers_409_with_the_nearest_times(client, free):
    Browser().post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    answer = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})

    assert answer.status_code == 409
    assert "That time has just been taken." in answer.content.decode()
    assert len(answer.context["nearest"]) == 3


def test_without_a_time_the_page_asks_for_one(client, free):
    answer = client.post("/book/una-umber/?minutes=60", {})

    assert "Choose a time." in answer.content.decode()


def test_a_visitor_is_told_until_when_the_time_is_kept_and_signs_in(client, coach, free):
    there = client.post("/book/una-umber/?minutes=60", {"start": free().isoformat()})["Location"]

    assert "We are keeping this time for you until" in client.get(there).content.decode()
    held = CoachingSession.objects.get()
    answer = client.post(there, {"account": "signup"})

    assert answer["Location"].startswith("/account/signup/?next=%2Fbook%2Funa-umber%2Fdetails%2F")
    extended = CoachingSession.objects.get()
    assert extended.held_until - held.held_at == timedelta(minutes=30)


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
    assert "Add to calendar" in page


def test_the_same_form_twice_books_once_with_the_same_answer(signed_in, coach, client_user, free):
    browser = signed_in(client_user)
    form = answers(coach, idempotency_key="2b1f0d0e-1111-4222-8333-444455556666")

    first = browser.post(details_url(coach, free()), form)
    second = browser.post(details_url(coach, free()), form)

    assert first["Location"] == second["Location"]
    assert CoachingSession.objects.count() == 1


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
        wish=Wish(coach, free(), 60),
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
    text = agreement_texts.stored(agreement_texts.short_form(coach))
    type(text).objects.create(coach=coach, form=text.form, version=2, body="New words")

    answer = signed_in(client_user).post(details_url(coach, free()), form)

    assert "The agreement has changed." in answer.content.decode()
    assert not CoachingSession.objects.exists()


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
        name="Example Trust", purchase_order_pattern="PO-[0-9]{6}", purchase_order_hint="PO- and 6"
    )
    Membership.objects.create(user=client_user, organisation=trust)
    browser = signed_in(client_user)

    wrong = answers(coach, payer=str(trust.uuid), purchase_order="PO-12345")
    assert "Enter a purchase order number of Example Trust: PO- and 6." in (
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
    there = details_url(coach, free(), place="WORKPLACE")

    assert "Enter the address of your workplace." in (
        browser.post(there, answers(coach)).content.decode()
    )
    browser.post(there, answers(coach, place_details="1 Example Road"))

    assert CoachingSession.objects.get().place_details == "1 Example Road"


def test_a_diary_delegate_books_for_their_client(signed_in, coach, client_user, stranger, free):
    DiaryDelegate.objects.create(user=stranger, client=client_user)
    browser = signed_in(stranger)

    assert "Who is it for?" in browser.get("/book/una-umber/").content.decode()
    there = details_url(coach, free(), client=client_user.uuid)
    page = browser.get(there).content.decode()
    assert "talk about" not in page
    browser.post(there, answers(coach))

    session = CoachingSession.objects.get()
    assert (session.client, session.booked_by) == (client_user, stranger)


def test_the_coach_books_for_a_client_of_her_own(signed_in, coach, client_user, free):
    relation = Client.objects.create(user=client_user, coach=coach)
    browser = signed_in(coach.user)

    assert "Which client is it for?" in browser.get("/book/una-umber/").content.decode()
    browser.post(details_url(coach, free(), client=relation.uuid), answers(coach, accept=None))

    session = CoachingSession.objects.get()
    assert (session.client, session.booked_by) == (client_user, coach.user)


def test_the_coach_leaves_her_hours_by_saying_so(signed_in, coach, client_user, free):
    relation = Client.objects.create(user=client_user, coach=coach)
    browser = signed_in(coach.user)
    evening = {"typed_date": free().date().isoformat(), "typed_time": "19:30"}
    there = f"/book/una-umber/?minutes=60&client={relation.uuid}"

    details = browser.post(there, {**evening, "outside_hours": "yes"})
    assert details.status_code == 302
    browser.post(details["Location"], answers(coach))

    assert CoachingSession.objects.get().status == "BOOKED"


def test_a_client_cannot_leave_the_coachs_hours(signed_in, coach, client_user, free):
    late = free().replace(hour=22)

    answer = signed_in(client_user).post(
        details_url(coach, late, outside_hours="yes"), answers(coach)
    )

    assert answer.status_code == 409
    assert not CoachingSession.objects.exists()


def test_a_programmes_session_is_booked_at_its_length_and_rate(signed_in, coach, client_user, free):
    programme = agreed_programme(coach, client_user, rate="60.00", minutes=90)
    there = details_url(coach, free(), minutes="", programme=programme.uuid)

    signed_in(client_user).post(there, {})

    session = CoachingSession.objects.get()
    assert (session.minutes, str(session.price), session.programme) == (90, "90.00", programme)


def test_the_confirmation_is_for_those_concerned(
    client, signed_in, coach, client_user, stranger, free
):
    session = actions.book(
        wish=Wish(coach, free(), 60),
        client=client_user,
        by=client_user,
        at=timezone.now(),
        details=accepted(coach),
    )
    there = f"/book/una-umber/done/{session.uuid}/"

    assert client.get(there).status_code == 302
    assert signed_in(stranger).get(there).status_code == 404
    assert signed_in(client_user).get(there).status_code == 200
