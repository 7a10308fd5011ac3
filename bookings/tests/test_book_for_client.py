"""A coach books for a client of hers, or for somebody new whom she enters."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from bookings import actions
from bookings.actions import (
    acceptance,
    acceptance_links,
    agreement_texts,
    booking_for_clients,
    programmes,
)
from bookings.actions.booking_for_clients import NewPerson
from bookings.actions.booking_request import Acceptance, BookingRequest, Details
from bookings.models import AcceptanceLink, CoachingSession
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    open_hours,
    proposed_programme,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once
from profiles.accounts.contacts import create_contact
from profiles.models import Client, User

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PAGE = "/calendar/book/"
NELL = {"name": "Nell New", "email": "Nell@example.org"}


@pytest.fixture(autouse=True)
def _hours(coach, weeks_ahead):
    open_hours(coach)


@pytest.fixture
def relation(coach, client_user):
    return Client.objects.create(user=client_user, coach=coach)


def filled_in(**changes):
    """The form for Monday 7 June 2027, 9am; None leaves an answer out."""
    told = {
        "date": "2027-06-07",
        "time": "09:00",
        "minutes": "60",
        "location": "VIDEO",
        "tell": "on",
    } | changes
    return {name: value for name, value in told.items() if value is not None}


def book_new(browser, **changes):
    return browser.post(f"{PAGE}?client=new", filled_in(**NELL | changes), follow=True)


def kinds():
    """Of what goes to anybody but the coach."""
    messages = OutgoingMessage.objects.exclude(kind__startswith="coach-")
    return sorted(messages.values_list("kind", flat=True))


def link_in(mailoutbox):
    outbox.deliver_due(at=WEEKS_AHEAD)
    mail = next(each for each in mailoutbox if "accept" in each.subject)
    return re.search(r"/book/accept/\S+/", mail.body).group()


def agreed(browser, path):
    """What the page at that address has in its form."""
    page = browser.get(path)
    return {"agreement": page.context["form"]["agreement"].value()}


# --- A client of hers ---


def test_the_page_asks_for_whom_and_finds_clients_by_name(as_coach, relation, stranger, coach):
    Client.objects.create(user=stranger, coach=coach)

    page = as_coach.get(f"{PAGE}?name=cleo&starts_at=2027-06-07T08:00:00%2B00:00&minutes=60")

    assert f"?client={relation.uuid}&amp;starts_at=2027-06-07T08" in page.text
    assert "Stan Stranger" not in page.text
    assert "None of your clients" in as_coach.get(f"{PAGE}?name=zzz").text


def test_the_time_in_the_address_is_filled_in(as_coach, relation):
    asked = f"{PAGE}?client={relation.uuid}&starts_at=2027-06-07T08:00:00%2B00:00&minutes=90"

    form = as_coach.get(asked).context["form"]

    assert str(form["date"].value()) == "2027-06-07"
    assert str(form["time"].value()) == "09:00:00"
    assert form["minutes"].value() == 90


def test_a_client_of_hers_is_booked_and_told(as_coach, relation, client_user, coach):
    page = as_coach.post(f"{PAGE}?client={relation.uuid}", filled_in(), follow=True)

    session = CoachingSession.objects.get()
    assert (session.client, session.booked_by, session.starts_at) == (client_user, coach.user, NINE)
    assert "We have emailed Cleo Client." in page.text
    assert "session-booked" in kinds()


def test_without_telling_them_no_email_goes(as_coach, relation):
    page = as_coach.post(f"{PAGE}?client={relation.uuid}", filled_in(tell=None), follow=True)

    assert "We have not emailed Cleo Client: tell them yourself." in page.text
    assert kinds() == []


def test_another_coachs_client_is_not_found(signed_in, people):
    relation, there = people.client.client_of.get(), signed_in(people.other_coach)

    assert there.get(f"{PAGE}?client={relation.uuid}").status_code == 404
    assert there.post(f"{PAGE}?client={relation.uuid}", filled_in()).status_code == 404
    assert not CoachingSession.objects.exists()


@pytest.mark.parametrize(("time", "ticked", "status"), [("19:30", None, 409), ("19:30", "on", 302)])
def test_outside_her_hours_she_says_so(as_coach, relation, time, ticked, status):
    answer = as_coach.post(
        f"{PAGE}?client={relation.uuid}", filled_in(time=time, outside_hours=ticked)
    )

    assert answer.status_code == status
    assert CoachingSession.objects.exists() == (status == 302)
    if status == 409:
        assert "tick the box" in answer.text
        assert 'value="19:30"' in answer.text


def test_a_time_that_the_clocks_leave_out_is_refused(as_coach, relation):
    told = filled_in(date="2028-03-26", time="01:30", outside_hours="on")

    assert "The clocks go forward" in as_coach.post(f"{PAGE}?client={relation.uuid}", told).text
    assert not CoachingSession.objects.exists()


def test_a_session_of_a_programme_has_its_length_and_is_agreed(as_coach, coach, client_user):
    programme = agreed_programme(coach, client_user, rate="60.00", minutes=90)
    relation = Client.objects.get(user=client_user, coach=coach)

    as_coach.post(f"{PAGE}?client={relation.uuid}", filled_in(programme=str(programme.uuid)))

    session = CoachingSession.objects.get()
    assert (session.programme, session.minutes, str(session.price)) == (programme, 90, "90.00")
    assert not session.awaits_acceptance


def test_a_phone_call_goes_to_the_number_that_is_known(as_coach, coach, relation, client_user):
    open_hours(coach, offers_telephone=True)
    there, told = f"{PAGE}?client={relation.uuid}", filled_in(location="TELEPHONE")

    assert "Enter the phone number." in as_coach.post(there, told).text
    User.objects.filter(pk=client_user.pk).update(phone="01632 960001")
    as_coach.post(there, told)

    assert CoachingSession.objects.get().location_details == "01632 960001"


def test_a_client_who_has_accepted_before_is_booked_on_that(as_coach, coach, client_user):
    book_session(coach, client_user, starts_at=NINE + DAY)
    relation = Client.objects.get(user=client_user, coach=coach)

    as_coach.post(f"{PAGE}?client={relation.uuid}", filled_in())

    assert not CoachingSession.objects.get(starts_at=NINE).awaits_acceptance


def test_a_client_who_has_never_accepted_is_asked_on_the_sessions_page(
    as_coach, signed_in, relation, client_user
):
    as_coach.post(f"{PAGE}?client={relation.uuid}", filled_in())
    session = CoachingSession.objects.get()
    browser = signed_in(client_user)
    there = f"/sessions/{session.uuid}/accept/"

    assert there in browser.get(f"/sessions/{session.uuid}/").text
    assert there in browser.get("/sessions/").text
    browser.post(there, agreed(browser, there))

    session.refresh_from_db()
    assert not session.awaits_acceptance
    assert session.agreement.accepted_by == client_user
    assert browser.get(there).status_code == 404


# --- Somebody new ---


def test_somebody_new_is_booked_and_asked_to_accept(as_coach, mailoutbox):
    page = book_new(as_coach)

    session = CoachingSession.objects.get()
    assert "We have emailed Nell New and asked them to accept" in page.text
    assert "Agreement not accepted yet" in page.text
    assert session.awaits_acceptance
    assert session.client.is_contact
    assert not session.client.has_usable_password()
    assert "session-booked" not in kinds()
    assert link_in(mailoutbox)
    assert [mail.to for mail in mailoutbox if "accept" in mail.subject] == [["nell@example.org"]]
    assert "Nell@" not in str(session.client.email)


def test_opening_the_link_changes_nothing_and_the_button_accepts(as_coach, mailoutbox):
    book_new(as_coach)
    path, browser = link_in(mailoutbox), Browser()

    page = browser.get(path)
    for shown in ("Monday 7 June 2027", "£75.00", "48 hours", "What this is."):
        assert shown in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert CoachingSession.objects.get().awaits_acceptance
    answer = browser.post(path, agreed(browser, path))

    session = CoachingSession.objects.get()
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
    assert "_auth_user_id" not in browser.session  # the link lets nobody in
    assert not session.awaits_acceptance
    assert (session.client.email, session.client.is_contact) == ("nell@example.org", False)
    assert session.client.emailaddress_set.get().verified
    assert session.agreement.terms["price"] == "75.00"
    assert [event.what for event in session.events.order_by("pk")] == ["BOOKED", "ACCEPTED"]
    assert "not accepted yet" not in as_coach.get(f"/sessions/{session.uuid}/").text


def test_a_used_link_is_worth_nothing(as_coach, mailoutbox):
    book_new(as_coach)
    path, browser = link_in(mailoutbox), Browser()
    told = agreed(browser, path)
    browser.post(path, told)

    assert browser.get(path).status_code == 410
    assert browser.post(path, told).status_code == 409
    assert CoachingSession.objects.get().events.filter(what="ACCEPTED").count() == 1


@pytest.mark.parametrize(
    ("after", "status"), [(timedelta(days=29, hours=23), 200), (30 * DAY, 410)]
)
def test_a_link_is_too_old_when_the_session_begins(as_coach, mailoutbox, after, status):
    book_new(as_coach)
    path = link_in(mailoutbox)

    with time_machine.travel(WEEKS_AHEAD + after, tick=False):
        assert Browser().get(path).status_code == status


def test_a_link_lasts_thirty_days_where_the_session_is_later(coach):
    session = book_directly(coach, starts_at=NINE + 14 * DAY)

    assert AcceptanceLink.objects.get(session=session).expires_at == WEEKS_AHEAD + 30 * DAY


def test_a_guessed_link_is_not_found_and_few_may_be_tried(coach):
    browser = Browser()

    answers = [browser.get(f"/book/accept/heron{n}/").status_code for n in range(60)]

    assert set(answers) == {410, 429}


def test_another_link_ends_the_first(as_coach, mailoutbox):
    book_new(as_coach)
    first = link_in(mailoutbox)
    session = CoachingSession.objects.get()

    page = as_coach.post(f"/sessions/{session.uuid}/ask-again/", follow=True)

    assert "The earlier one no longer works." in page.text
    mailoutbox.clear()
    assert Browser().get(first).status_code == 410
    assert Browser().get(link_in(mailoutbox)).status_code == 200


def test_the_token_is_kept_as_a_hash_and_waits_encrypted(as_coach, mailoutbox):
    book_new(as_coach)
    message = OutgoingMessage.objects.get(kind="session-invitation")
    token = outbox.secret_of(message)["path"].split("/")[-2]

    assert AcceptanceLink.objects.get().token_sha256 != token
    assert token.encode() not in bytes(message.secret)
    link_in(mailoutbox)
    message.refresh_from_db()
    assert bytes(message.secret) == b""


def test_who_is_signed_in_as_another_does_not_accept(as_coach, mailoutbox, signed_in, stranger):
    book_new(as_coach)
    path, browser = link_in(mailoutbox), signed_in(stranger)

    assert "Sign out, then try again." in browser.get(path).text
    browser.post(path, agreed(browser, path))

    assert CoachingSession.objects.get().awaits_acceptance


def test_a_changed_agreement_is_read_again(as_coach, mailoutbox):
    book_new(as_coach)

    page = Browser().post(link_in(mailoutbox), {"agreement": "another"})

    assert "The agreement has changed." in page.text
    assert CoachingSession.objects.get().awaits_acceptance


def test_a_session_within_14_days_is_asked_for(coach, mailoutbox):
    with time_machine.travel(NINE - 5 * DAY, tick=False):
        book_directly(coach, at=NINE - 5 * DAY)
        outbox.deliver_due(at=NINE - 5 * DAY)
        bodies = "".join(mail.body for mail in mailoutbox)
        path = re.search(r"/book/accept/\S+/", bodies).group()
        browser = Browser()
        told = agreed(browser, path)

        assert "Tick to ask for the session" in browser.post(path, told).text
        browser.post(path, told | {"start_early": "on"})

    assert CoachingSession.objects.get().agreement.wishes_to_start_early


def test_a_cancelled_session_cannot_be_accepted(as_coach, mailoutbox, coach):
    book_new(as_coach)
    path = link_in(mailoutbox)
    actions.cancel(session=CoachingSession.objects.get(), by=coach.user, at=WEEKS_AHEAD)

    assert Browser().get(path).status_code == 410


# --- An address that has an account ---


def test_the_page_says_the_same_whether_there_is_an_account(as_coach, stranger):
    """What the coach reads, on the page and of the client, is what she entered."""
    User.objects.filter(pk=stranger.pk).update(needs="A lift", phone="01632 960777")
    with_account = book_new(as_coach, email=stranger.email)
    without = book_new(as_coach, email="other@example.org", time="11:00")

    def words(page):
        text = re.sub(r'(name="csrfmiddlewaretoken"|name="idempotency_key")[^>]*', "", page.text)
        text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|CS-\w+|nonce-?\S+", "", text)
        return re.sub(r"\d+(:\d+)?[ap]m|\d{4}-\d\d-\d\dT\S+", "", text)

    assert words(with_account) == words(without)
    page = as_coach.get(f"/clients/{Client.objects.order_by('pk')[0].uuid}/")
    assert stranger.email in page.text
    for private in ("Stan Stranger", "A lift", "01632 960777"):
        assert private not in page.text


def test_the_session_joins_the_account_when_its_owner_accepts(as_coach, coach, stranger, signed_in):
    book_new(as_coach, email=stranger.email)
    session = CoachingSession.objects.get()
    relation = Client.objects.get(coach=coach)
    browser, there = signed_in(stranger), f"/sessions/{session.uuid}/accept/"

    assert there in browser.get("/sessions/").text
    assert browser.get(f"/sessions/{session.uuid}/")["Location"] == there
    browser.post(there, agreed(browser, there))

    session.refresh_from_db()
    relation.refresh_from_db()
    assert (session.client, relation.user) == (stranger, stranger)
    assert not User.objects.filter(name="Nell New").exists()
    assert stranger.email == User.objects.get(pk=stranger.pk).email
    assert browser.get(f"/sessions/{session.uuid}/").status_code == 200
    assert OutgoingMessage.objects.filter(recipient=stranger, kind="session-reminder-day").exists()


def test_a_stranger_neither_sees_nor_accepts_it(as_coach, stranger, signed_in):
    book_new(as_coach)
    session = CoachingSession.objects.get()
    browser = signed_in(stranger)

    assert browser.get(f"/sessions/{session.uuid}/").status_code == 404
    assert browser.get(f"/sessions/{session.uuid}/accept/").status_code == 404
    assert browser.post(f"/sessions/{session.uuid}/accept/").status_code == 404


def test_an_address_that_is_not_proved_is_no_way_in(as_coach, stranger, signed_in):
    stranger.emailaddress_set.update(verified=False)
    book_new(as_coach, email=stranger.email)

    there = f"/sessions/{CoachingSession.objects.get().uuid}/accept/"

    assert signed_in(stranger).get(there).status_code == 404


def test_by_the_link_a_password_that_was_set_before_goes(as_coach, stranger, mailoutbox):
    """Somebody may have signed up with the address of another, and waits."""
    stranger.set_password("seven wet herons walk")
    stranger.save()
    stranger.emailaddress_set.update(verified=False)
    book_new(as_coach, email=stranger.email)
    path, browser = link_in(mailoutbox), Browser()

    browser.post(path, agreed(browser, path))

    stranger.refresh_from_db()
    assert CoachingSession.objects.get().client == stranger
    assert not stranger.has_usable_password()


def test_a_closed_account_does_not_get_it(as_coach, stranger, mailoutbox):
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    book_new(as_coach, email=stranger.email)
    path, browser = link_in(mailoutbox), Browser()

    assert "This account is closed." in browser.post(path, agreed(browser, path)).text
    assert CoachingSession.objects.get().awaits_acceptance


def test_who_is_busy_then_is_told_when_accepting(as_coach, coach, people, stranger, signed_in):
    other = people.other_coach.coach
    book_session(other, stranger)
    book_new(as_coach, email=stranger.email)
    session = CoachingSession.objects.filter(coach=coach).get()
    browser, there = signed_in(stranger), f"/sessions/{session.uuid}/accept/"

    page = browser.post(there, agreed(browser, there))

    assert page.status_code == 409
    assert "You have another session at that time." in page.text
    session.refresh_from_db()
    assert session.awaits_acceptance


def test_the_same_address_again_is_the_same_client_of_hers(as_coach, coach):
    book_new(as_coach)
    book_new(as_coach, name="Somebody else", time="11:00", email="nell@example.org")

    assert Client.objects.filter(coach=coach).count() == 1
    assert CoachingSession.objects.values("client").distinct().count() == 1


def test_one_acceptance_of_two_proves_the_address_for_both(as_coach, coach, mailoutbox):
    book_new(as_coach)
    first, browser = link_in(mailoutbox), Browser()
    mailoutbox.clear()
    book_new(as_coach, time="11:00")
    second = link_in(mailoutbox)

    for path in (first, second):
        browser.post(path, agreed(browser, path))

    assert not CoachingSession.objects.filter(awaits_acceptance=True).exists()
    assert User.objects.filter(email="nell@example.org").count() == 1


def test_her_own_address_is_refused(as_coach, coach):
    page = book_new(as_coach, email=coach.user.email)

    assert "A coach cannot book a session with themselves." in page.text
    assert not CoachingSession.objects.exists()


def test_no_programme_is_proposed_to_who_has_no_account(as_coach, coach):
    book_new(as_coach)
    contact = CoachingSession.objects.get().client

    with pytest.raises(programmes.NoAccount):
        proposed_programme(coach, contact)


def test_many_emails_to_one_address_are_too_many(as_coach):
    answers = [book_new(as_coach, time=f"{hour:02}:00") for hour in range(9, 14)]

    assert [each.status_code for each in answers] == [200, 200, 200, 429, 429]
    assert CoachingSession.objects.count() == 3
    assert book_new(as_coach, time="13:00", tell=None).status_code == 200


# --- Somebody with a phone number only ---


def test_who_has_a_phone_number_only_gets_no_email_and_the_coach_is_told(as_coach):
    page = book_new(as_coach, email=None, phone="01632 960002")

    session = CoachingSession.objects.get()
    assert "We have no email address of Nell New: tell them yourself." in page.text
    assert 'href="tel:01632 960002"' in page.text
    assert session.client.mail_address == ""
    assert kinds() == []
    actions.move(session=session, starts_at=NINE + DAY, by=session.coach.user, at=WEEKS_AHEAD)
    actions.cancel(session=session, by=session.coach.user, at=WEEKS_AHEAD)
    assert kinds() == []
    assert as_coach.get(f"/clients/{Client.objects.get().uuid}/").status_code == 200


def test_neither_email_nor_phone_is_asked_for(as_coach):
    page = book_new(as_coach, email=None)

    assert "Enter an email address or a phone number." in page.text
    assert not User.objects.filter(name="Nell New").exists()


def test_two_people_of_one_name_are_two(as_coach):
    for time, phone in (("09:00", "01632 960003"), ("11:00", "01632 960004")):
        book_new(as_coach, email=None, phone=phone, time=time)

    assert Client.objects.filter(user__name="Nell New").count() == 2


def test_a_message_that_has_nowhere_to_go_is_not_sent(mailoutbox):
    contact = create_contact(name="Nell New", phone="01632 960002")
    outbox.queue(
        "session-reminder-day", about=contact, recipient=contact, due_at=WEEKS_AHEAD, occasion="0"
    )

    outbox.deliver_due(at=WEEKS_AHEAD)

    assert OutgoingMessage.objects.get().status == "DROPPED"
    assert mailoutbox == []


# --- What it costs ---


@pytest.mark.parametrize(("accepts", "status"), [(False, "CANCELLED"), (True, "CANCELLED_LATE")])
def test_a_late_cancellation_costs_who_has_accepted(coach, client_user, signed_in, accepts, status):
    session = book_directly(coach, client=client_user)
    if accepts:
        browser, there = signed_in(client_user), f"/sessions/{session.uuid}/accept/"
        browser.post(there, agreed(browser, there))

    actions.cancel(session=session, by=client_user, at=NINE - 47 * HOUR)

    session.refresh_from_db()
    assert session.status == status
    assert session.is_billable == accepts


def test_the_14_days_run_from_the_acceptance(coach, client_user, signed_in):
    session = book_directly(coach, client=client_user)
    there = f"/sessions/{session.uuid}/accept/"
    with time_machine.travel(NINE - 5 * DAY, tick=False):
        browser = signed_in(client_user)
        browser.post(there, agreed(browser, there) | {"start_early": "on"})

    actions.cancel(session=session, by=client_user, at=NINE - HOUR)

    session.refresh_from_db()
    assert session.status == "CANCELLED"


@pytest.mark.parametrize(("outcome", "billed"), [("no_show", False), ("confirm", True)])
def test_before_it_is_accepted_only_what_took_place_is_charged(coach, outcome, billed):
    session = book_directly(coach)

    getattr(actions, outcome)(session=session, by=coach.user, at=NINE + HOUR)

    session.refresh_from_db()
    assert session.is_billable == billed
    assert CoachingSession.objects.billable().exists() == billed
    assert not session.can_be_waived


def test_the_client_reads_that_cancelling_is_free(coach, client_user, signed_in):
    session = book_directly(coach, client=client_user)

    with time_machine.travel(NINE - HOUR, tick=False):
        page = signed_in(client_user).get(f"/sessions/{session.uuid}/")

    assert "The agreement is not accepted yet, so cancelling is free." in page.text


# --- At one moment ---


def book_directly(coach, *, client=None, starts_at=NINE, at=WEEKS_AHEAD):
    return booking_for_clients.book_for_client(
        booking_request=BookingRequest(coach, starts_at, 60),
        client=client or NewPerson("Nell New", "nell@example.org"),
        by=coach.user,
        at=at,
        details=Details(),
    )


@pytest.mark.django_db(transaction=True)
def test_of_a_coach_and_a_client_who_book_one_time_one_wins(coach, client_user):
    open_hours(coach)

    def by_client():
        return book_session(coach, client_user)

    answers = at_once([by_client, lambda: book_directly(coach)])

    assert CoachingSession.objects.count() == 1
    assert sorted(isinstance(each, actions.TimeTaken) for each in answers) == [False, True]
    assert (
        User.objects.filter(name="Nell New").count()
        == Client.objects.exclude(user=client_user).count()
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_on_the_link_one_accepts(coach, mailoutbox):
    open_hours(coach)
    book_directly(coach)
    message = OutgoingMessage.objects.get(kind="session-invitation")
    token = outbox.secret_of(message)["path"].split("/")[-2]

    def press():
        text = agreement_texts.short_form(coach)
        return acceptance.accept_by_link(token=token, acceptance=Acceptance(text), at=WEEKS_AHEAD)

    answers = at_once([press] * 4)

    refused = [each for each in answers if isinstance(each, acceptance.LinkUsed)]
    assert len(refused) == 3
    assert CoachingSession.objects.get().events.filter(what="ACCEPTED").count() == 1


def test_only_the_coach_asks_again(signed_in, coach, stranger, people):
    session = book_directly(coach)
    there = f"/sessions/{session.uuid}/ask-again/"

    for user in (stranger, people.other_coach):
        assert signed_in(user).post(there).status_code == 404
    assert OutgoingMessage.objects.filter(kind="session-invitation").count() == 1


def test_nobody_is_asked_again_for_what_is_accepted(coach, client_user):
    session = book_directly(coach, client=client_user)

    with pytest.raises(acceptance_links.NothingToAccept):
        acceptance_links.send_link_again(session=session, at=WEEKS_AHEAD)
