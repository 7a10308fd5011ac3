"""An extension is a proposal: nothing that was agreed changes until the client accepts it."""

from datetime import date, timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.db import DatabaseError, transaction

from bookings import actions
from bookings.actions import extensions, programmes
from bookings.models import Agreement, Extension, Programme, Review
from coaching_portal.notifications import outbox
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme, book_session
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once, hold_at

REVIEW, LATER = date(2027, 8, 6), date(2027, 12, 1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme(coach, client_user):
    """Six sessions, with a review ninety days ahead."""
    return agreed_programme(coach, client_user, sessions=6)


@pytest.fixture
def extension(programme):
    return propose(programme)


def propose(programme, sessions_added=2, new_review_on=LATER, at=WEEKS_AHEAD):
    return extensions.propose(
        programme=programme,
        sessions_added=sessions_added,
        new_review_on=new_review_on,
        by=programme.coach.user,
        at=at,
    )


def accept(extension, at=WEEKS_AHEAD):
    return extensions.accept(extension=extension, by=extension.programme.client, at=at)


def agreed(programme):
    """What stands: status, number of sessions, rate, review date."""
    now = Programme.objects.get(pk=programme.pk)
    return now.status, now.sessions_agreed, now.rate, now.review_on


AS_AGREED = ("AGREED", 6, Decimal("75.00"), REVIEW)
EXTENDED = ("AGREED", 8, Decimal("75.00"), LATER)


def test_a_proposal_changes_nothing_that_was_agreed(programme):
    extension = propose(programme)

    assert agreed(programme) == AS_AGREED
    assert extension.status == "PROPOSED"
    assert not Review.objects.exists()


def test_a_proposal_books_no_further_session(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    book_session(coach, client_user, programme=programme)
    extension = propose(programme)

    with pytest.raises(actions.AllowanceUsed):
        book_session(coach, client_user, programme=programme, starts_at=NINE + timedelta(hours=2))
    accept(extension)
    assert book_session(
        coach, client_user, programme=programme, starts_at=NINE + timedelta(hours=2)
    )


def test_accepting_adds_the_sessions_and_sets_the_review(programme, extension, client_user):
    accept(extension, at=WEEKS_AHEAD + DAY)

    extension.refresh_from_db()
    review = Review.objects.get()
    assert agreed(programme) == EXTENDED
    assert (extension.status, extension.answered_at) == ("ACCEPTED", WEEKS_AHEAD + DAY)
    assert (review.outcome, review.sessions_added, review.due_on) == ("EXTEND", 2, REVIEW)
    proof = extension.agreement
    assert (proof.accepted_by, proof.accepted_at) == (client_user, WEEKS_AHEAD + DAY)
    assert (proof.terms["sessions"], proof.terms["review_on"]) == (8, "2027-12-01")
    assert proof.terms["rate"] == "75.00"
    assert proof.sha256 == programme.text.sha256


def test_declining_leaves_everything_as_it_was(programme, extension):
    extensions.decline(extension=extension, at=WEEKS_AHEAD)

    extension.refresh_from_db()
    assert agreed(programme) == AS_AGREED
    assert extension.status == "DECLINED"
    with pytest.raises(programmes.WrongStatus, match="already declined"):
        accept(extension)


def test_a_newer_proposal_replaces_the_older(programme, extension):
    newer = propose(programme, sessions_added=4)

    extension.refresh_from_db()
    assert extension.status == "REPLACED"
    for answer in (accept, lambda it: extensions.decline(extension=it, at=WEEKS_AHEAD)):
        with pytest.raises(programmes.WrongStatus, match="has replaced this proposal"):
            answer(extension)
    assert agreed(programme) == AS_AGREED
    accept(newer)
    assert agreed(programme) == ("AGREED", 10, Decimal("75.00"), LATER)


@pytest.mark.parametrize("outcome", ["PAUSE", "FINISH"])
def test_another_decision_withdraws_the_proposal(programme, extension, outcome):
    programmes.record_review(
        programme=programme, outcome=outcome, by=programme.coach.user, at=WEEKS_AHEAD
    )

    extension.refresh_from_db()
    assert extension.status == "WITHDRAWN"
    with pytest.raises(programmes.WrongStatus, match="can no longer be answered"):
        accept(extension)


def test_an_extension_takes_a_paused_programme_up_again(programme):
    programmes.record_review(
        programme=programme, outcome="PAUSE", by=programme.coach.user, at=WEEKS_AHEAD
    )

    extension = propose(programme)
    assert agreed(programme)[0] == "PAUSED"
    accept(extension)
    assert agreed(programme) == EXTENDED


@pytest.mark.parametrize("days", [0, -1])
def test_the_new_review_is_later_than_today(programme, days):
    with pytest.raises(programmes.ReviewDateNeeded, match="later than today"):
        propose(programme, new_review_on=WEEKS_AHEAD.date() + days * DAY)
    assert propose(programme, new_review_on=WEEKS_AHEAD.date() + DAY)


def test_a_proposal_whose_review_date_has_come_cannot_be_accepted(programme):
    extension = propose(programme, new_review_on=WEEKS_AHEAD.date() + 2 * DAY)

    with pytest.raises(programmes.ReviewDateNeeded, match="Ask your coach to propose a later one"):
        accept(extension, at=WEEKS_AHEAD + 2 * DAY)
    assert agreed(programme) == AS_AGREED
    accept(extension, at=WEEKS_AHEAD + DAY)


def test_at_least_one_session_is_added(programme):
    with pytest.raises(programmes.SessionsNeeded):
        propose(programme, sessions_added=0)


def test_what_is_over_is_not_extended(programme):
    programmes.end(programme=programme, at=WEEKS_AHEAD)

    with pytest.raises(programmes.WrongStatus):
        propose(programme)


def test_the_database_keeps_what_was_proposed_and_answered(extension):
    rows = Extension.objects.filter(pk=extension.pk)
    for change in ({"sessions_added": 9}, {"new_review_on": LATER + DAY}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    accept(extension)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(status="PROPOSED")


def test_a_programme_has_one_open_proposal(extension):
    with pytest.raises(DatabaseError), transaction.atomic():
        Extension.objects.create(
            programme=extension.programme,
            sessions_added=1,
            new_review_on=LATER,
            proposed_by=extension.proposed_by,
            proposed_at=WEEKS_AHEAD,
        )


# Who is told.


def mails(mailoutbox, user, at=WEEKS_AHEAD):
    mailoutbox.clear()
    outbox.deliver_due(at)
    return [mail for mail in mailoutbox if mail.to == [user.email]]


def test_client_and_coach_are_told_of_the_proposal(programme, coach, client_user, mailoutbox):
    outbox.deliver_due(WEEKS_AHEAD)
    extension = propose(programme)

    [to_client] = mails(mailoutbox, client_user)
    [to_coach] = [mail for mail in mailoutbox if mail.to == [coach.user.email]]

    assert "Una Umber proposes 2 more sessions" in to_client.subject
    assert "8 in all, instead of 6" in to_client.body
    assert "1 December 2027, instead of" in to_client.body
    assert "£75.00 each, as agreed: £150.00" in to_client.body
    assert extension.get_absolute_url() in to_client.body
    assert "Nothing changes until Cleo Client accepts" in to_coach.body


def test_client_and_coach_are_told_of_the_answer(
    programme, extension, coach, client_user, mailoutbox
):
    outbox.deliver_due(WEEKS_AHEAD)
    accept(extension)
    assert "extended by 2 sessions" in mails(mailoutbox, client_user)[0].subject
    assert any(mail.to == [coach.user.email] for mail in mailoutbox)

    extensions.decline(extension=propose(programme), at=WEEKS_AHEAD)
    subjects = [mail.subject for mail in mails(mailoutbox, coach.user)]
    assert "Cleo Client has declined the extension that you proposed" in subjects


def test_a_proposal_that_was_replaced_meanwhile_is_not_mailed(
    programme, extension, client_user, mailoutbox
):
    newer = propose(programme, sessions_added=4)

    proposed = [m for m in mails(mailoutbox, client_user) if "more sessions" in m.subject]

    assert len(proposed) == 1
    assert newer.get_absolute_url() in proposed[0].body


# Pages.


def answer(extension, what):
    return f"{extension.get_absolute_url()}{what}/"


@pytest.fixture
def _in_may(time_machine):
    time_machine.move_to(WEEKS_AHEAD)


@pytest.mark.usefixtures("_in_may")
def test_a_coach_proposes_from_the_review_and_the_client_accepts(
    programme, coach, client_user, signed_in
):
    browser = signed_in(coach.user)
    review = f"{programme.get_absolute_url()}review/"
    incomplete = browser.post(review, {"outcome": "EXTEND"}).text
    assert "Enter how many sessions to add" in incomplete
    said = browser.post(
        review,
        {"outcome": "EXTEND", "sessions_added": 2, "new_review_on": "2027-12-01"},
        follow=True,
    ).text
    assert "nothing changes until they accept" in said
    assert "Waits for Cleo Client’s answer" in said
    assert agreed(programme) == AS_AGREED

    extension = Extension.objects.get()
    browser = signed_in(client_user)
    assert "Extension proposed" in browser.get("/programmes/").text
    assert extension.get_absolute_url() in browser.get(programme.get_absolute_url()).text
    page = browser.get(extension.get_absolute_url()).text
    assert "Nothing changes until you accept." in page
    assert "8 in all instead of 6" in page
    untouched = browser.post(answer(extension, "accept"), {}).text
    assert "Tick the box to accept the extension" in untouched
    assert agreed(programme) == AS_AGREED
    page = browser.post(answer(extension, "accept"), {"accepts": "on"}, follow=True).text

    assert "0 of 8 used" in page
    assert Agreement.objects.latest("pk").accepted_from == "127.0.0.1"


@pytest.mark.usefixtures("_in_may")
def test_an_old_link_says_that_the_proposal_was_replaced(
    programme, extension, client_user, signed_in
):
    newer = propose(programme, sessions_added=4)
    browser = signed_in(client_user)

    page = browser.get(extension.get_absolute_url()).text
    assert "This proposal was replaced and can no longer be accepted." in page
    assert newer.get_absolute_url() in page
    assert "Accept the extension" not in page
    said = browser.post(answer(extension, "accept"), {"accepts": "on"}, follow=True).text
    assert "Your coach has replaced this proposal. Read the new one." in said
    assert agreed(programme) == AS_AGREED


@pytest.mark.usefixtures("_in_may")
def test_a_client_declines(programme, extension, client_user, signed_in):
    said = signed_in(client_user).post(answer(extension, "decline"), follow=True).text

    assert "Nothing has changed" in said
    assert agreed(programme) == AS_AGREED


# Competing calls.


@pytest.mark.django_db(transaction=True)
def test_of_twenty_acceptances_at_once_one_counts(programme, extension):
    answers = at_once([lambda: accept(Extension.objects.get(pk=extension.pk))] * 20)

    refused = [each for each in answers if isinstance(each, programmes.WrongStatus)]
    assert len(refused) == 19
    assert agreed(programme) == EXTENDED
    assert Review.objects.count() == 1
    assert Agreement.objects.count() == 2  # the programme's own, and this one


@pytest.mark.django_db(transaction=True)
def test_an_acceptance_and_a_newer_proposal_do_not_both_count(programme, extension):
    answers = at_once([lambda: accept(Extension.objects.get()), lambda: propose(programme)])

    extension.refresh_from_db()
    refusals = [each for each in answers if isinstance(each, Exception)]
    if extension.status == "ACCEPTED":  # came first: the other is about what is agreed by then
        assert not refusals
        assert agreed(programme) == EXTENDED
    else:
        assert [type(each) for each in refusals] == [programmes.WrongStatus]
        assert agreed(programme) == AS_AGREED


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_and_trigger_it_is_accepted_twice(programme, extension, monkeypatch):
    monkeypatch.setattr(programmes, "lock_coach", lambda coach: coach)
    monkeypatch.setattr(
        programmes, "lock_programme", lambda programme: Programme.objects.get(pk=programme.pk)
    )
    hold_at(monkeypatch, extensions, "_check_open", 2)

    def accept_unguarded():
        with pgtrigger.ignore("bookings.Extension:bookings_extension_is_answered_once"):
            return accept(Extension.objects.get(pk=extension.pk))

    answers = at_once([accept_unguarded] * 2)

    assert not [each for each in answers if isinstance(each, Exception)]
    assert Review.objects.count() == 2
