"""One rule of late cancellation: what pages, emails and texts say, on both sides of its edges."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from bookings import actions, cancellation
from bookings.actions import agreement_texts
from bookings.emails.sessions import UNDO_LASTS
from bookings.models import AgreementText, BookingRules
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    details_url,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from profiles.models import DiaryDelegate, Organisation

pytestmark = pytest.mark.django_db

HOUR, SECOND, DAY = timedelta(hours=1), timedelta(seconds=1), timedelta(days=1)
EDGE = NINE - 48 * HOUR
UNTIL = "Free to cancel or move until Saturday 5 June 2027, 9:00am"
LATE = EDGE + SECOND


@pytest.fixture
def trust():
    return Organisation.objects.create(name="Example Trust")


@pytest.fixture
def paid_by_trust(coach, client_user, trust):
    """One of a programme of six, 90 minutes each, paid by an organisation."""
    programme = agreed_programme(coach, client_user, minutes=90, organisation=trust)
    return book_session(coach, client_user, minutes=90, programme=programme)


def page(browser, session, what="", *, at):
    with time_machine.travel(at, tick=False):
        return browser.get(f"/sessions/{session.uuid}/{what}").content.decode()


def cancelled(browser, session, *, at):
    with time_machine.travel(at, tick=False):
        answer = browser.post(f"/sessions/{session.uuid}/cancel/", follow=True)
    return answer.content.decode()


@pytest.fixture
def browser_at(client):
    """A browser in which this user signed in at that moment."""

    def sign_in(user, at=EDGE - DAY):
        with time_machine.travel(at, tick=False):
            client.force_login(user)
        return client

    return sign_in


@pytest.mark.parametrize("what", ["", "cancel/"])
def test_the_page_before_says_what_it_costs_on_both_sides_of_the_edge(
    coach, client_user, browser_at, what
):
    session, browser = book_session(coach, client_user, minutes=90), browser_at(client_user)

    assert UNTIL in page(browser, session, what, at=EDGE)
    late = page(browser, session, what, at=LATE)
    assert "If you cancel now, £112.50 is charged." in late
    assert UNTIL not in late


def test_a_programme_paid_by_an_organisation_names_payer_and_count(
    paid_by_trust, client_user, browser_at
):
    browser = browser_at(client_user)
    words = "£112.50 is charged to Example Trust, and it counts as one of your 6 sessions."

    assert f"If you cancel later, or do not attend, {words}" in page(
        browser, paid_by_trust, at=EDGE
    )
    assert f"If you cancel now, {words}" in page(browser, paid_by_trust, "cancel/", at=LATE)
    after = cancelled(browser, paid_by_trust, at=LATE)
    assert "Cancelled. £112.50 will be charged to Example Trust, and it counts as one of" in after


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (EDGE, "Cancelled. Nothing is charged."),
        (LATE, "Cancelled. £112.50 will be charged to you."),
    ],
)
def test_the_page_after_says_it_too_and_offers_another_time(
    coach, client_user, browser_at, at, words
):
    session, browser = book_session(coach, client_user, minutes=90), browser_at(client_user)

    after = cancelled(browser, session, at=at)

    assert words in after
    assert f"/book/{coach.slug}/?minutes=90&amp;location=VIDEO" in after


def test_another_time_of_a_programme_is_one_of_the_programme(
    paid_by_trust, client_user, coach, browser_at
):
    after = cancelled(browser_at(client_user), paid_by_trust, at=EDGE)

    assert f"programme={paid_by_trust.programme.uuid}" in after


def test_a_free_conversation_is_never_late_and_may_be_booked_again(coach, client_user, browser_at):
    session = book_session(coach, client_user, minutes=30)
    browser = browser_at(client_user)

    before = page(browser, session, "cancel/", at=LATE)
    after = cancelled(browser, session, at=LATE)

    assert "This conversation is free, and so is cancelling it." in before
    assert "Cancelled. Nothing is charged." in after
    session.refresh_from_db()
    assert session.status == "CANCELLED"
    assert book_session(coach, client_user, minutes=30, starts_at=NINE + DAY, at=LATE)


def test_a_free_session_of_a_programme_costs_nothing_but_counts(coach, client_user, browser_at):
    programme = agreed_programme(coach, client_user, sessions=2, rate=Decimal(0))
    session = book_session(coach, client_user, programme=programme)

    after = cancelled(browser_at(client_user), session, at=LATE)

    assert "Nothing is charged, but it counts as one of your 2 sessions." in after
    session.refresh_from_db()
    assert not session.is_billable
    assert programme.sessions_left == 1


@pytest.mark.parametrize(
    ("booked", "words"),
    [
        (14 * DAY, "You booked less than 14 days ago, so cancelling is free."),
        (15 * DAY, "If you cancel now, £75.00 is charged."),
    ],
)
def test_in_a_consumers_14_days_the_page_says_why_it_is_free(
    coach, client_user, browser_at, booked, words
):
    session = book_session(coach, client_user, at=LATE - booked)

    assert words in page(browser_at(client_user), session, "cancel/", at=LATE)


def test_the_coachs_cancellation_costs_nothing_on_page_and_in_mail(
    coach, client_user, browser_at, mailoutbox
):
    session, browser = book_session(coach, client_user), browser_at(coach.user)

    assert "Cleo Client is not charged." in page(browser, session, "cancel/", at=LATE)
    assert "Cancelled. Nothing is charged." in cancelled(browser, session, at=LATE)
    outbox.deliver_due(LATE + UNDO_LASTS)
    assert "Nothing is charged." in mail_with("Cancelled:", mailoutbox).body


def test_an_assistant_reads_that_it_is_charged_but_not_how_much(
    paid_by_trust, client_user, make_user, browser_at
):
    assistant = make_user("assistant@example.org")
    DiaryDelegate.objects.create(user=assistant, client=client_user)

    late = page(browser_at(assistant), paid_by_trust, "cancel/", at=LATE)

    assert "If you cancel now, the session is charged in full" in late
    assert "£112.50" not in late
    assert "Example Trust" not in late


def test_a_waived_charge_is_nothing(coach, client_user, browser_at):
    session = book_session(coach, client_user)
    actions.cancel(session=session, by=client_user, at=LATE)
    actions.waive(session=session, by=coach.user, reason="Taken ill.", at=LATE)

    after = page(browser_at(client_user), session, at=LATE)

    assert "Nothing is charged." in after
    assert "will be charged" not in after


@pytest.mark.parametrize(("at", "is_offered"), [(EDGE, True), (LATE, False)])
def test_moving_is_offered_only_in_time(coach, client_user, browser_at, mailoutbox, at, is_offered):
    session, browser = book_session(coach, client_user), browser_at(client_user)

    with time_machine.travel(at, tick=False):
        pages = [page(browser, session, at=at), browser.get("/sessions/").content.decode()]
    assert ["Move session" in each for each in pages] == [is_offered] * 2
    assert ["Ask to move session" in each for each in pages] == [not is_offered] * 2
    with time_machine.travel(at, tick=False):
        outbox.deliver_due(at)
    assert ("See, move or cancel" in mail_with("Booked: your", mailoutbox).body) == is_offered


def mail_with(subject, mailoutbox):
    return next(mail for mail in mailoutbox if mail.subject.startswith(subject))


def test_emails_say_the_same_in_both_their_forms(paid_by_trust, client_user, mailoutbox):
    outbox.deliver_due(WEEKS_AHEAD)
    actions.cancel(session=paid_by_trust, by=client_user, at=LATE)
    outbox.deliver_due(LATE)

    for subject, words in (
        ("Booked: your", UNTIL),
        ("Booked: your", "£112.50 is charged to Example Trust, and it counts as one of your 6"),
        ("Cancelled: your", "£112.50 will be charged to Example Trust, and it counts as one of"),
        ("Cancelled: Cleo", "£112.50 will be charged to Example Trust, and it counts as one of"),
    ):
        mail = mail_with(subject, mailoutbox)
        assert words in mail.body
        assert words in mail.alternatives[0].content


@pytest.mark.parametrize(
    ("notice", "words"),
    [
        (24, "Free to cancel or move until Sunday 6 June 2027, 9:00am."),
        (800, "If you cancel, or do not attend, £75.00 is charged. If you pay for yourself, "),
    ],
)
def test_the_details_page_says_it_with_the_notice_of_that_booking(
    coach, client_user, browser_at, notice, words
):
    open_hours(coach, cancellation_notice_hours=notice)

    with time_machine.travel(WEEKS_AHEAD, tick=False):
        there = browser_at(client_user, WEEKS_AHEAD).get(details_url(coach, NINE))

    assert words in there.content.decode()


def test_the_programme_page_says_the_rule_with_its_own_notice(coach, client_user, browser_at):
    programme = agreed_programme(coach, client_user, cancellation_notice_hours=72)

    with time_machine.travel(WEEKS_AHEAD, tick=False):
        there = browser_at(client_user, WEEKS_AHEAD).get(programme.get_absolute_url())

    assert cancellation.rule_for_notice(72) in there.content.decode()


@pytest.mark.parametrize("address", ["/terms/", "/coaching/"])
def test_public_texts_name_hours_only_where_they_are_every_coachs(client, coach, address):
    open_hours(coach, cancellation_notice_hours=24)
    assert "less than 24\u00a0hours before the start" in client.get(address).content.decode()

    BookingRules.objects.update(cancellation_notice_hours=0)
    there = client.get(address).content.decode()
    assert "free until the start. If you do not attend, a paid session is charged in full" in there
    assert "48\u00a0hours" not in there


def test_words_for_coaches_who_differ_name_no_hours():
    assert "later than your coach’s notice" in cancellation.rule_for_coaches([24, 48, 24])
    assert "less than 1\u00a0hour before" in cancellation.rule_for_coaches([1, 1])


@pytest.mark.parametrize("text", [agreement_texts.SESSION, agreement_texts.PROGRAMME])
def test_the_agreements_hold_the_rule(text):
    assert "or do not attend, a paid session is charged in full (in a programme it also" in text


def test_new_usual_words_are_a_new_version_and_what_was_accepted_stays(
    coach, client_user, monkeypatch
):
    accepted = book_session(coach, client_user).agreement.text
    monkeypatch.setattr(agreement_texts, "FORMER", {accepted.sha256})
    monkeypatch.setattr(agreement_texts, "SESSION", "New words.")

    newer = book_session(coach, client_user, starts_at=NINE + DAY).agreement.text

    assert (newer.version, newer.body) == (accepted.version + 1, "New words.")
    accepted.refresh_from_db()
    assert accepted.body != "New words."


def test_a_coachs_own_words_are_left_alone(coach):
    own = AgreementText.objects.create(coach=coach, form="SESSION", version=1, body="My words.")

    assert agreement_texts.short_form(coach) == own
