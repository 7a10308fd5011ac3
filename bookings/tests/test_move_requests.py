"""Within the notice a client asks for another time, and the coach accepts or declines it once."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, InternalError, transaction

from bookings import actions
from bookings.actions import locking, move_requests
from bookings.models import BookingRules, CoachingSession, MoveRequest
from coaching_portal.notifications import outbox
from coaching_portal.personal_data import privacy
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, book_session
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import (
    at_once,
    hold_at,
    without_constraints,
    without_triggers,
)
from profiles.models import DiaryDelegate

HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NOW = NINE - 30 * HOUR  # within 48 hours of the session
THREE = NINE + 6 * HOUR

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(coach, client_user):
    return book_session(coach, client_user)


def ask(session, starts_at=THREE, *, at=NOW, by=None, **more):
    by = by or session.client
    return move_requests.request_move(session=session, starts_at=starts_at, by=by, at=at, **more)


def test_a_session_within_its_notice_is_asked_for_and_not_moved(session):
    asked = ask(session, reason="A funeral")

    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (NINE, 0)
    assert (asked.starts_at, asked.status, asked.answered_at) == (THREE, "OPEN", None)
    assert MoveRequest.objects.open(NOW).get() == asked


def test_until_exactly_the_notice_nobody_needs_to_ask(session):
    until = NINE - 48 * HOUR

    with pytest.raises(move_requests.NoNeedToAsk):
        ask(session, at=until)
    assert ask(session, at=until + SECOND)


def test_the_coach_moves_and_does_not_ask(session, coach):
    with pytest.raises(move_requests.NoNeedToAsk):
        ask(session, by=coach.user)


def test_one_request_is_open_at_a_time(session, client_user):
    asked = ask(session)

    with pytest.raises(move_requests.AlreadyAsked):
        ask(session, NINE + 3 * HOUR)
    with pytest.raises(IntegrityError), transaction.atomic():
        MoveRequest.objects.create(
            session=session, starts_at=THREE, requested_by=client_user, requested_at=NOW
        )

    move_requests.withdraw(move_request=asked, at=NOW)
    assert ask(session, NINE + 3 * HOUR).is_open


def test_only_a_free_time_can_be_asked_for(session, coach, stranger):
    book_session(coach, stranger, starts_at=THREE)

    with pytest.raises(actions.TimeTaken):
        ask(session, THREE)
    with pytest.raises(actions.NotOffered):
        ask(session, NINE + 10 * HOUR)
    with pytest.raises(actions.SameTime):
        ask(session, NINE)
    assert not MoveRequest.objects.exists()


def test_what_has_started_or_is_cancelled_cannot_be_asked_for(session, client_user):
    with pytest.raises(actions.AlreadyStarted):
        ask(session, at=NINE)
    actions.cancel(session=session, by=client_user, at=NOW)
    with pytest.raises(actions.NotBooked):
        ask(session)


def test_accepting_moves_the_session_free_and_tells_the_client(
    session, coach, client_user, mailoutbox
):
    asked = ask(session, reason="A funeral")
    outbox.deliver_due(NOW)
    del mailoutbox[:]

    move_requests.accept(move_request=asked, by=coach.user, at=NOW + HOUR)
    with time_machine.travel(NOW + 2 * HOUR):  # she could undo what she does for ten seconds
        outbox.deliver_due(NOW + 2 * HOUR)

    session.refresh_from_db()
    asked.refresh_from_db()
    assert (session.starts_at, session.minutes, session.sequence) == (THREE, 60, 1)
    assert (session.status, session.waived_at) == ("BOOKED", None)
    assert (asked.status, asked.answered_at) == ("ACCEPTED", NOW + HOUR)
    [mail] = [each for each in mailoutbox if each.to == [client_user.email]]
    assert mail.subject == "Moved: your session is now on Monday 7 June 2027 at 3pm"
    assert "You asked for this time, and moving it was free." in " ".join(mail.body.split())


def test_the_booking_notice_is_judged_by_when_it_was_asked(session, coach):
    BookingRules.objects.filter(coach=coach).update(minimum_notice_minutes=12 * 60)
    asked = ask(session, NINE + 2 * HOUR, at=NOW)

    move_requests.accept(move_request=asked, by=coach.user, at=NINE - HOUR)

    session.refresh_from_db()
    assert session.starts_at == NINE + 2 * HOUR


def test_a_time_that_has_gone_is_refused_and_can_still_be_declined(session, coach, stranger):
    asked = ask(session, at=NOW)
    book_session(coach, stranger, starts_at=THREE)

    with pytest.raises(actions.TimeTaken):
        move_requests.accept(move_request=asked, by=coach.user, at=NOW)

    asked.refresh_from_db()
    assert asked.is_open
    assert move_requests.decline(move_request=asked, at=NOW).is_declined


def test_a_time_that_has_passed_is_refused(session, coach):
    session = actions.move(session=session, starts_at=NINE + DAY, by=coach.user, at=WEEKS_AHEAD)
    asked = ask(session, NINE + HOUR, at=NINE - DAY + SECOND)

    with pytest.raises(actions.NotOffered, match="has passed"):
        move_requests.accept(move_request=asked, by=coach.user, at=NINE + HOUR)


def test_declining_leaves_the_session_and_says_what_cancelling_costs(
    session, coach, client_user, mailoutbox
):
    asked = ask(session)
    outbox.deliver_due(NOW)
    del mailoutbox[:]

    with time_machine.travel(NOW):
        move_requests.decline(move_request=asked, answer="I am away", at=NOW)
        outbox.deliver_due(NOW)

    session.refresh_from_db()
    assert (session.starts_at, session.sequence) == (NINE, 0)
    [mail] = mailoutbox
    assert mail.to == [client_user.email]
    assert mail.subject == "Not moved: your session on Monday 7 June 2027 at 9am"
    assert "If you cancel now, £75.00 is charged." in mail.body
    assert "I am away" not in mail.body


def test_the_coach_is_emailed_without_the_reason(session, coach, client_user, mailoutbox):
    outbox.deliver_due(NOW)
    del mailoutbox[:]

    ask(session, reason="A funeral")
    outbox.deliver_due(NOW)

    [mail] = [each for each in mailoutbox if each.to == [coach.user.email]]
    assert mail.subject == "Another time asked for: Cleo Client, Monday 7 June 2027 at 9am"
    assert "Time asked for: Monday 7 June 2027 at 3pm" in mail.body
    assert "A reason is given on the session page." in " ".join(mail.body.split())
    assert f"/sessions/{session.uuid}/#move-request" in mail.body
    assert "funeral" not in mail.body


def test_a_request_that_is_withdrawn_is_announced_no_more(session, coach, mailoutbox):
    outbox.deliver_due(NOW)
    del mailoutbox[:]

    move_requests.withdraw(move_request=ask(session), at=NOW)
    outbox.deliver_due(NOW)

    assert not mailoutbox


@pytest.mark.parametrize("verb", ["cancel", "move"])
def test_a_request_lapses_when_the_session_is_cancelled_or_moved(session, coach, verb):
    asked, what = ask(session), {"session": session, "by": coach.user, "at": NOW}

    actions.cancel(**what) if verb == "cancel" else actions.move(starts_at=NINE + HOUR, **what)

    asked.refresh_from_db()
    assert asked.status == "LAPSED"
    with pytest.raises(move_requests.NotOpen, match="moved or cancelled"):
        move_requests.accept(move_request=asked, by=coach.user, at=NOW)


def test_a_request_lapses_as_the_session_starts(session, coach):
    asked = ask(session, NINE + 2 * HOUR)

    assert MoveRequest.objects.open(NINE - SECOND).exists()
    assert not MoveRequest.objects.open(NINE).exists()
    for answer in ({"by": coach.user}, {}):
        act = move_requests.accept if answer else move_requests.decline
        with pytest.raises(actions.AlreadyStarted):
            act(move_request=asked, at=NINE, **answer)


def test_an_answer_is_given_once(session, coach):
    asked = ask(session)
    move_requests.decline(move_request=asked, at=NOW)

    with pytest.raises(move_requests.NotOpen, match="already declined"):
        move_requests.accept(move_request=asked, by=coach.user, at=NOW)
    with pytest.raises(InternalError), transaction.atomic():
        MoveRequest.objects.update(status="ACCEPTED")


def test_what_was_typed_is_handed_over_erased_and_forgotten(session, client_user):
    asked = ask(session, reason="A funeral")
    kept = next(each for each in privacy.kinds() if each.name == "requests to move")

    [handed_over] = kept.export(client_user)
    kept.erase(client_user, NOW)

    assert handed_over["reason"] == "A funeral"
    asked.refresh_from_db()
    assert (asked.reason, asked.starts_at) == ("", THREE)


# --- The pages ----------------------------------------------------------------------------


@pytest.fixture
def now():
    with time_machine.travel(NOW):
        yield


def move_page(session):
    return f"/sessions/{session.uuid}/move/"


def test_a_client_asks_on_the_page_on_which_sessions_are_moved(
    now, signed_in, session, client_user
):
    browser, there = signed_in(client_user), move_page(session)

    page = browser.get(there).content.decode()
    answer = browser.post(
        there, {"start": THREE.isoformat(), "asking": "yes", "reason": "A funeral"}, follow=True
    )

    assert "Ask to move this session" in page
    assert "someone else may book it" in page
    assert 'href="mailto:practice@example.org"' in page
    text = answer.content.decode()
    assert "We have asked Una Umber, and will email you the answer." in text
    assert "Withdraw the request" in text
    assert "A funeral" not in text
    assert MoveRequest.objects.get().reason == "A funeral"
    assert browser.get(there).headers["Location"] == f"/sessions/{session.uuid}/#move-request"


def test_a_page_from_before_the_notice_asks_nothing_by_itself(now, signed_in, session, client_user):
    answer = signed_in(client_user).post(move_page(session), {"start": THREE.isoformat()})

    assert answer.status_code == 409
    assert "The cancellation notice has begun" in answer.content.decode()
    assert not MoveRequest.objects.exists()


def test_what_was_typed_stays_when_the_time_has_gone(
    now, signed_in, session, coach, client_user, stranger
):
    book_session(coach, stranger, starts_at=THREE)
    asked = {"start": THREE.isoformat(), "asking": "yes", "reason": "A funeral"}

    answer = signed_in(client_user).post(move_page(session), asked)

    assert answer.status_code == 409
    assert 'value="A funeral"' in answer.content.decode()


def test_a_reason_that_cannot_be_read_is_refused(now, signed_in, session, client_user):
    asked = {"start": THREE.isoformat(), "asking": "yes", "reason": "A \u202efuneral"}

    page = signed_in(client_user).post(move_page(session), asked).content.decode()

    assert "There is a problem" in page
    assert not MoveRequest.objects.exists()


def test_the_coach_sees_it_everywhere_and_accepts_by_one_button(now, signed_in, session, coach):
    asked, browser = ask(session, reason="A funeral"), signed_in(coach.user)

    for address in ("/home/", "/calendar/"):
        page = browser.get(address).content.decode()
        assert "Another time asked for" in page
        assert f"/sessions/{session.uuid}/#move-request" in page
    page = browser.get(f"/sessions/{session.uuid}/").content.decode()
    assert "Reason: A funeral" in page
    answer = browser.post(f"/move-requests/{asked.uuid}/accept/", follow=True).content.decode()

    assert "Session moved. We have emailed the client." in answer
    assert "Another time asked for" not in answer
    session.refresh_from_db()
    assert session.starts_at == THREE


def test_the_coach_learns_why_it_cannot_be_accepted(now, signed_in, session, coach, stranger):
    asked = ask(session)
    book_session(coach, stranger, starts_at=THREE)

    page = signed_in(coach.user).post(f"/move-requests/{asked.uuid}/accept/", follow=True)

    text = page.content.decode()
    assert "The session was not moved: " in text
    assert "Choose another time" in text


def test_the_client_reads_the_answer_on_the_page(now, signed_in, session, coach, client_user):
    asked = ask(session)

    signed_in(coach.user).post(f"/move-requests/{asked.uuid}/decline/", {"answer": "I am away"})

    page = signed_in(client_user).get(f"/sessions/{session.uuid}/").content.decode()
    assert "Una Umber cannot move this session to Monday 7 June 2027 at 3pm." in page
    assert "Reason: I am away" in page
    assert "Ask to move session" in page


def test_an_assistant_asks_and_withdraws_and_reads_no_reasons(
    now, signed_in, make_user, session, coach, client_user
):
    delegate = make_user("assistant@example.org", name="Dee Delegate")
    DiaryDelegate.objects.create(user=delegate, client=client_user)
    browser = signed_in(delegate)

    browser.post(move_page(session), {"start": THREE.isoformat(), "asking": "yes"})
    asked = MoveRequest.objects.get()
    answer = browser.post(f"/move-requests/{asked.uuid}/withdraw/", follow=True).content.decode()

    assert asked.requested_by == delegate
    assert "Request withdrawn." in answer
    declined = ask(session)
    move_requests.decline(move_request=declined, answer="A private matter", at=NOW)
    assert "A private matter" not in browser.get(f"/sessions/{session.uuid}/").content.decode()


# --- At once ------------------------------------------------------------------------------


def answers_at_once(asked, coach):
    return at_once(
        [
            lambda: move_requests.accept(move_request=asked, by=coach.user, at=NOW),
            lambda: move_requests.decline(move_request=asked, at=NOW),
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(session, coach):
    asked = ask(session)

    answers = answers_at_once(asked, coach)

    assert sorted(type(each).__name__ for each in answers) == ["MoveRequest", "NotOpen"]
    asked.refresh_from_db()
    session.refresh_from_db()
    assert (asked.status == "ACCEPTED") == (session.starts_at == THREE)


@pytest.mark.django_db(transaction=True)
def test_control_without_turns_and_trigger_both_answers_count(session, coach, monkeypatch):
    asked = ask(session)
    monkeypatch.setattr(locking, "lock_session", _without_waiting)
    hold_at(monkeypatch, move_requests, "_lock", 2)

    with without_triggers(MoveRequest):
        answers = answers_at_once(asked, coach)

    assert [type(each).__name__ for each in answers] == ["MoveRequest"] * 2


def _without_waiting(session):
    return CoachingSession.objects.select_related("coach__user").get(pk=session.pk)


def _accept_and_walk_in(asked, coach, stranger):
    return at_once(
        [
            lambda: move_requests.accept(move_request=asked, by=coach.user, at=NOW),
            lambda: book_session(coach, stranger, starts_at=THREE, at=NOW),
        ]
    )


@pytest.mark.django_db(transaction=True)
def test_of_an_acceptance_and_a_walk_in_one_gets_the_time(session, coach, stranger):
    asked = ask(session)

    answers = _accept_and_walk_in(asked, coach, stranger)

    assert sum(isinstance(each, actions.TimeTaken) for each in answers) == 1
    assert CoachingSession.objects.live().filter(starts_at=THREE).count() == 1


@pytest.mark.django_db(transaction=True)
def test_control_without_the_guards_both_get_the_time(session, coach, stranger, monkeypatch):
    asked = ask(session)
    monkeypatch.setattr(locking, "lock_coach", lambda coach: coach)
    hold_at(monkeypatch, actions.checks, "check_time", 2)

    with (
        without_constraints(CoachingSession, "bookings_coach_is_in_one_place"),
        without_triggers(CoachingSession),
    ):
        _accept_and_walk_in(asked, coach, stranger)
        assert CoachingSession.objects.live().filter(starts_at=THREE).count() == 2
