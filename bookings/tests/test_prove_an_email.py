"""Visitors give name and email, prove the email, and are booked: through HTTP, and by attackers."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bookings import actions
from bookings.actions.booking_request import BookingRequest
from bookings.models import CoachingSession, PendingBooking
from bookings.models.pending_bookings import MOST_GUESSES
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import accepted, answers, book_session, details_url
from coaching_portal.testing.races import Press, cookies_in, press_at_once, statuses
from profiles.models import User
from profiles.tests.signing import give_second_factor

NEW = "nell@example.org"
KEY = "2b1f0d0e-1111-4222-8333-444455556666"


@pytest.fixture
def give(coach, free):
    """give(email=…): a visitor's browser that has chosen a time and sent the details."""

    def send(email=NEW, *, minutes=30, browser=None, start=None, **told):
        browser = browser or Browser()
        there = browser.post(
            f"/book/una-umber/?minutes={minutes}", {"start": (start or free()).isoformat()}
        )["Location"]
        form = answers(coach, **{"name": "Nell New", "email": email, **told})
        if minutes == 30:
            form = {name: form[name] for name in form if name not in ("accept", "payer")}
        answer = browser.post(there, form)
        browser.here = answer.get("Location", "")
        browser.answer = answer
        return browser

    return send


def newest():
    """The newest email's words."""
    outbox.deliver_due(at=timezone.now())
    return mail.outbox[-1].body


def code_in(words):
    return re.search(r"^ +(\d{6})$", words, re.MULTILINE).group(1)


def link_in(words):
    return urlsplit(re.search(r"https?://\S+/book/link/\S+", words).group()).path


def enter(browser, code, **told):
    return browser.post(browser.here, {"code": code, **told})


def wrong_for(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_signed_in(browser, user):
    return browser.session.get("_auth_user_id") == str(user.pk)


# The whole way.


def test_a_new_visitor_is_booked_signed_in_and_has_an_account_without_password(give):
    browser = give()
    assert "Enter the code" in browser.get(browser.here).content.decode()

    answer = enter(browser, code_in(newest()))

    session, user = CoachingSession.objects.get(), User.objects.get(email=NEW)
    assert answer["Location"] == f"/book/una-umber/done/{session.uuid}/"
    assert (session.status, session.client, session.minutes) == ("BOOKED", user, 30)
    assert session.agreement.accepted_from == "127.0.0.1"
    assert (user.name, user.has_usable_password()) == ("Nell New", False)
    assert EmailAddress.objects.get(user=user).verified
    assert "<h1>Booked</h1>" in browser.get(answer["Location"]).content.decode()
    assert not PendingBooking.objects.exists()


def test_the_link_does_the_same_in_another_browser_and_only_by_its_button(give):
    asked = give()
    link, other = link_in(newest()), Browser()

    page = other.get(link)
    assert "Book this session, free" in page.content.decode()
    assert page["X-Robots-Tag"] == "noindex"
    assert not User.objects.filter(email=NEW).exists()

    answer = other.post(link)
    session = CoachingSession.objects.get()
    assert answer["Location"].endswith(f"/done/{session.uuid}/")
    assert is_signed_in(other, session.client)
    assert not asked.session.get("_auth_user_id")


def test_a_paid_hour_asks_for_the_agreement_and_books_it(give):
    refused = give(minutes=60, accept=None)
    assert "Tick to accept the agreement." in refused.answer.content.decode()

    enter(give(minutes=60, browser=refused), code_in(newest()))

    session = CoachingSession.objects.get()
    assert (session.price, session.agreement.accepted_by) == (75, session.client)


def test_a_client_signed_out_is_signed_in_and_keeps_name_and_needs(give, make_user):
    user = make_user("nell@example.org", name="Nell Known", needs="A ramp")

    enter(give(), code_in(newest()))

    user.refresh_from_db()
    assert CoachingSession.objects.get().client == user
    assert (user.name, user.needs, User.objects.filter(email=NEW).count()) == (
        "Nell Known",
        "A ramp",
        1,
    )


def test_a_client_who_had_the_free_conversation_is_told_after_proving(give, coach, make_user, free):
    user = make_user(NEW)
    book_session(coach, user, minutes=30, starts_at=free() + timedelta(days=1), at=timezone.now())

    browser = give()
    answer = enter(browser, code_in(newest()))

    assert "already booked your free introductory conversation" in answer.content.decode()
    assert is_signed_in(browser, user)


def test_an_organisation_pays_only_where_it_is_named(give):
    browser = give(minutes=60, payer="another")
    assert "Enter the name of the organisation" in browser.answer.content.decode()

    give(minutes=60, browser=browser, payer="another", organisation_name="Example School")
    enter(browser, code_in(newest()))

    assert CoachingSession.objects.get().organisation.name == "Example School"


# The time.


def test_the_time_is_held_for_thirty_minutes_in_all(give):
    give()
    held = CoachingSession.objects.get()
    assert held.held_until - held.held_at == timedelta(minutes=30)


def taken(coach, client, start):
    CoachingSession.objects.all().delete()
    actions.book(
        booking_request=BookingRequest(coach, start, 60),
        client=client,
        by=client,
        at=timezone.now(),
        details=accepted(coach),
    )


def test_who_comes_late_is_offered_the_three_nearest_times_and_loses_nothing(
    give, coach, client_user, free
):
    browser = give(minutes=60, payer="another", organisation_name="Example School")
    code = code_in(newest())
    taken(coach, client_user, free())
    assert "We no longer hold this time" in browser.get(browser.here).content.decode()

    answer = enter(browser, code)

    page = answer.content.decode()
    assert (answer.status_code, len(answer.context["nearest"])) == (409, 3)
    assert "That time has just been taken." in page
    assert "Example School" in page
    user = User.objects.get(email=NEW)
    assert is_signed_in(browser, user)
    again = answers(coach, payer="another", organisation_name="Example School")
    there = browser.post(
        details_url(coach, free()), again | {"start": answer.context["nearest"][0].value}
    )
    assert there.status_code == 302
    assert CoachingSession.objects.filter(client=user).count() == 1


def test_who_comes_late_to_a_time_that_is_still_free_is_booked(give):
    browser = give()
    CoachingSession.objects.all().delete()

    enter(browser, code_in(newest()))

    assert CoachingSession.objects.get().status == "BOOKED"


def test_a_visitor_whose_time_has_gone_sees_the_three_nearest(client, coach, client_user, free):
    taken(coach, client_user, free())

    page = client.get(details_url(coach, free()))
    assert (len(page.context["nearest"]), "Your details" in page.content.decode()) == (3, True)
    answer = client.post(details_url(coach, free()), answers(coach, name="Nell New", email=NEW))

    assert answer.status_code == 409
    assert 'value="Nell New"' in answer.content.decode()
    assert len(answer.context["nearest"]) == 3


# Attacks.


def test_a_code_that_has_been_used_books_nothing_more(give):
    browser = give()
    code = code_in(newest())
    there = enter(browser, code)["Location"]

    replayed = enter(browser, code)

    assert (replayed.status_code, there.startswith("/book/una-umber/done/")) == (409, True)
    assert CoachingSession.objects.count() == 1
    assert Browser().post(browser.here, {"code": code}).status_code == 409


def test_the_link_and_the_code_count_once_together(give):
    browser = give()
    words = newest()
    enter(browser, code_in(words))

    other = Browser()
    assert other.post(link_in(words)).status_code == 409
    assert other.session.get("_auth_user_id") is None


@pytest.mark.parametrize(("wrong", "books"), [(4, True), (5, False)])
def test_a_code_can_be_guessed_a_few_times_only(give, wrong, books):
    browser = give()
    code = code_in(newest())
    for _ in range(wrong):
        enter(browser, wrong_for(code))

    enter(browser, code)

    assert CoachingSession.objects.filter(status="BOOKED").exists() is books
    assert User.objects.filter(email=NEW).exists() is books


def test_a_new_code_ends_the_old_one(give):
    browser = give()
    old = code_in(newest())
    browser.post(f"{browser.here}new/")
    new = code_in(newest())

    if old != new:
        enter(browser, old)
        assert not User.objects.filter(email=NEW).exists()
    enter(browser, new)

    assert User.objects.filter(email=NEW).exists()


@pytest.mark.parametrize(("late", "works"), [(timedelta(0), False), (-timedelta(minutes=1), True)])
def test_a_code_and_a_link_end_after_an_hour(give, time_machine, late, works):
    browser = give()
    words = newest()
    time_machine.move_to(PendingBooking.objects.get().expires_at + late, tick=False)

    assert (Browser().get(link_in(words)).status_code == 200) is works
    enter(browser, code_in(words))

    assert User.objects.filter(email=NEW).exists() is works


def test_a_code_proves_only_the_address_that_it_was_sent_to(give, make_user, free):
    victim = make_user("victim@example.org")
    mine = give("mallory@example.org")
    code = code_in(newest())
    theirs = give("victim@example.org", start=free() + timedelta(days=1))

    enter(theirs, code, email="mallory@example.org")
    mine.post(theirs.here, {"code": code})

    assert not is_signed_in(theirs, victim)
    assert not is_signed_in(mine, victim)
    assert not CoachingSession.objects.filter(status="BOOKED").exists()


def test_the_code_is_asked_for_in_the_browser_that_chose_the_time(give):
    browser = give()
    other = Browser()
    other.post("/book/una-umber/?minutes=30", {"start": "2027-01-11T09:00:00+00:00"})

    other.post(browser.here, {"code": code_in(newest())})

    assert not User.objects.filter(email=NEW).exists()


def test_codes_are_kept_as_hashes_that_differ_from_row_to_row(give):
    give()
    words, pending = newest(), PendingBooking.objects.get()

    kept = str(vars(pending))
    assert code_in(words) not in kept.replace(str(pending.expires_at), "")
    assert link_in(words).rstrip("/").rsplit("/", 1)[1] not in kept
    twin = PendingBooking()
    twin.set_code(code=code_in(words), token="t", expires_at=pending.expires_at)
    assert twin.code_hash != pending.code_hash


def test_a_password_set_before_the_address_was_proved_opens_nothing(give, make_user):
    """Mallory signs up with the address of somebody who will book one day."""
    user = make_user(NEW, password="mallory knows this")
    EmailAddress.objects.update(verified=False)

    enter(give(), code_in(newest()))

    user.refresh_from_db()
    assert CoachingSession.objects.get().client == user
    assert not user.has_usable_password()


def test_a_closed_account_is_not_opened_by_a_code(give, make_user):
    make_user(NEW, is_active=False)

    answer = enter(give(), code_in(newest()))

    assert answer["Location"] == "/account/login/"
    assert not CoachingSession.objects.filter(status="BOOKED").exists()


def test_coach_and_staff_sign_in_as_ever_and_come_back_to_the_booking(
    give, make_user, settings, free
):
    settings.REQUIRE_MFA = True
    make_user(NEW, is_staff=True)
    browser = give()

    answer = enter(browser, code_in(newest()))

    assert answer["Location"].startswith("/account/login/?next=/book/una-umber/details/")
    assert "_auth_user_id" not in browser.session
    assert CoachingSession.objects.get().status == "HELD"


def test_a_second_step_is_asked_for_before_the_booking(give, make_user):
    give_second_factor(make_user(NEW))
    browser = give()

    answer = enter(browser, code_in(newest()))

    assert answer["Location"] == "/account/2fa/authenticate/"
    assert "_auth_user_id" not in browser.session
    assert CoachingSession.objects.get().status == "HELD"


def test_a_link_of_another_address_does_not_change_who_is_signed_in(give, client_user, signed_in):
    give()
    link, browser = link_in(newest()), signed_in(client_user)

    assert "You are signed in with another email address" in browser.post(link).content.decode()
    assert not CoachingSession.objects.filter(status="BOOKED").exists()


def test_nobody_is_sent_on_to_another_site(give):
    browser = give(next="https://evil.example/")
    answer = enter(browser, code_in(newest()), next="https://evil.example/")
    assert answer["Location"].startswith("/book/una-umber/done/")


def test_a_name_with_a_link_in_it_is_refused(give):
    assert "without links" in give(name="Win at www.evil.example").answer.content.decode()


# Whether there is an account.


def told_of(give, email, browser):
    cache.clear()
    PendingBooking.objects.all().delete()
    with CaptureQueriesContext(connection) as asked:
        browser = give(email, browser=browser)
    sent = browser.answer
    page = browser.get(browser.here)
    wrong = browser.post(browser.here, {"code": "000000x"})
    words = [
        re.sub(r'value="[\w-]{36,}"|/book/code/[\w-]+', "", each.text) for each in (page, wrong)
    ]
    words = [each.replace(email, "EMAIL") for each in words]
    mailed = re.sub(r"\d{6}|/link/\S+", "", newest())
    verbs = [query["sql"].split()[0] for query in asked.captured_queries]
    return sent.status_code, page.status_code, wrong.status_code, words, mailed, verbs


@pytest.mark.parametrize("person", ["known", "closed", "staff"])
def test_known_and_unknown_addresses_get_the_same_answers_email_and_queries(
    give, make_user, person, time_machine, coach, free
):
    at = free() - timedelta(days=20)
    time_machine.move_to(at, tick=False)
    make_user("known@example.org")
    make_user("closed@example.org", is_active=False)
    make_user("staff@example.org", is_staff=True)
    browser = give()  # so that all is in the caches

    known = told_of(give, f"{person}@example.org", browser)
    unknown = told_of(give, "unknown@example.org", browser)

    assert known == unknown


def test_codes_to_one_address_are_counted_whoever_asks(give, free):
    cache.clear()
    for day in range(3):
        assert give(start=free() + timedelta(days=day)).answer.status_code == 302

    answer = give(start=free() + timedelta(days=3)).answer

    assert answer.status_code == 429
    assert 'value="Nell New"' in answer.content.decode()
    assert PendingBooking.objects.count() == 3


# Twice at once.


def test_two_tabs_each_have_their_own_code(give, free):
    browser = give()
    first, code = browser.here, code_in(newest())
    give(browser=browser, start=free() + timedelta(days=1))

    enter(browser, code_in(newest()))
    browser.post(first, {"code": code})

    assert CoachingSession.objects.filter(status="BOOKED").count() == 1  # one is free


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [True, False], ids=["double click", "twenty windows"])
def test_of_twenty_confirmations_of_one_code_one_books(give, live_server, settings, key):
    settings.ACCOUNT_RATE_LIMITS = {}
    browser = give()
    form = {"code": code_in(newest())} | ({"idempotency_key": KEY} if key else {})

    answered = press_at_once(live_server.url, [Press(browser.here, form, cookies_in(browser))] * 20)

    assert statuses(answered) == ({302: 20} if key else {302: 1, 409: 19})
    assert CoachingSession.objects.get().status == "BOOKED"
    assert User.objects.filter(email=NEW).count() == 1
    if key:
        assert len({answer.location for answer in answered}) == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_guesses_at_once_are_counted(give, live_server, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    browser = give()
    code = code_in(newest())
    presses = [
        Press(browser.here, {"code": f"{number:06}"}, cookies_in(browser))
        for number in range(1, 21)
        if f"{number:06}" != code
    ]

    press_at_once(live_server.url, presses)

    assert PendingBooking.objects.get().guesses == MOST_GUESSES
