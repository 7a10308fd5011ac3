"""A coach undoes what she has just done to a session, before the emails about it leave."""

from datetime import timedelta

import pytest
import time_machine

from bookings import actions
from bookings.models import CoachingSession, SessionEvent
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.sessions import (
    WEEKS_AHEAD,
    agreed_programme,
    book_session,
    open_hours,
)
from coaching_portal.testing.plugin import NINE
from coaching_portal.testing.races import at_once
from profiles.models import Coach

pytestmark = pytest.mark.django_db
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
NOW, TEN = WEEKS_AHEAD, NINE + HOUR
KEPT = ("status", "starts_at", "ends_at", "free_again_at", "confirmed_at", "cancelled_at")
KEPT += ("cancelled_by_id", "waived_at", "waived_by_id", "waiver_reason")


@pytest.fixture
def session(coach, client_user):
    made = book_session(coach, client_user)
    outbox.deliver_due(at=NOW)
    return made


def kept(session):
    session.refresh_from_db()
    return [getattr(session, name) for name in KEPT]


def cancel(session, at=NOW):
    return actions.cancel(session=session, by=session.coach.user, at=at)


def move(session, at=NOW):
    return actions.move(session=session, starts_at=NINE + DAY, by=session.coach.user, at=at)


def undo(session, at):
    return actions.undo(session=session, by=session.coach.user, at=at)


@pytest.mark.parametrize("change", [cancel, move])
def test_what_is_told_to_the_client_waits_ten_seconds(session, mailoutbox, change):
    mailoutbox.clear()
    change(session)

    outbox.deliver_due(at=NOW + 9 * SECOND)
    assert mailoutbox == []
    outbox.deliver_due(at=NOW + 10 * SECOND)

    assert sorted(mail.to for mail in mailoutbox) == [["client@example.org"], ["coach@example.org"]]


@pytest.mark.parametrize("change", [cancel, move])
def test_undone_in_time_it_is_as_before_and_nobody_is_emailed(session, mailoutbox, change):
    before = kept(session)
    mailoutbox.clear()
    change(session)

    undo(session, NOW + 9 * SECOND)
    outbox.deliver_due(at=NOW + HOUR)

    assert kept(session) == before
    assert mailoutbox == []
    assert session.events.latest("pk").what == "UNDONE"


@pytest.mark.parametrize("change", [cancel, move])
def test_after_ten_seconds_it_stays(session, mailoutbox, change):
    change(session)
    changed = kept(session)

    with pytest.raises(actions.TooLate):
        undo(session, NOW + 10 * SECOND)

    assert kept(session) == changed


def test_an_email_that_has_left_cannot_be_undone(session):
    """A clock that is behind, or a wait for the lock, makes no difference."""
    cancel(session)
    outbox.deliver_due(at=NOW + 10 * SECOND)

    with pytest.raises(actions.TooLate):
        undo(session, NOW + 9 * SECOND)

    session.refresh_from_db()
    assert session.is_cancelled


@pytest.mark.parametrize("change", [cancel, move])
def test_the_sequence_rises_and_the_reminders_still_come(session, mailoutbox, change):
    change(session)
    undo(session, NOW + SECOND)
    mailoutbox.clear()

    outbox.deliver_due(at=NINE - DAY)

    session.refresh_from_db()
    assert session.sequence == 2
    assert len(mailoutbox) == 1


def test_done_again_after_an_undo_it_is_told_once(session, mailoutbox):
    cancel(session)
    undo(session, NOW + SECOND)
    mailoutbox.clear()
    cancel(session, NOW + 2 * SECOND)

    outbox.deliver_due(at=NOW + 12 * SECOND)

    assert len([mail for mail in mailoutbox if mail.to == ["client@example.org"]]) == 1
    assert session.events.filter(what="CANCELLED").count() == 2


def test_a_move_after_an_undone_move_names_the_time_that_the_client_knows(session, mailoutbox):
    move(session)
    undo(session, NOW + SECOND)
    mailoutbox.clear()
    later = NINE + 2 * DAY
    actions.move(session=session, starts_at=later, by=session.coach.user, at=NOW + 2 * SECOND)

    outbox.deliver_due(at=NOW + 12 * SECOND)

    assert "It was on Monday 7 June 2027 at 9am." in mailoutbox[0].body


def test_news_that_had_not_left_is_still_told(coach, client_user, mailoutbox):
    """The client books, and the coach cancels and undoes it before the confirmation leaves."""
    session = book_session(coach, client_user)
    cancel(session, NOW + SECOND)
    outbox.deliver_due(at=NOW + 2 * SECOND)
    undo(session, NOW + 3 * SECOND)

    outbox.deliver_due(at=NOW + 4 * SECOND)

    subjects = [mail.subject for mail in mailoutbox if mail.to == [client_user.email]]
    assert [subject.split(":")[0] for subject in subjects] == ["Booked"]


@pytest.mark.parametrize("outcome", ["confirm", "no_show", "record_did_not_take_place"])
def test_an_outcome_is_put_back(session, outcome):
    before = kept(session)
    getattr(actions, outcome)(session=session, by=session.coach.user, at=TEN)

    undo(session, TEN + 9 * SECOND)

    assert kept(session) == before
    with pytest.raises(actions.NothingToUndo):
        undo(session, TEN + 9 * SECOND)


def test_a_waived_charge_is_put_back_and_can_be_waived_again(session, mailoutbox):
    by = session.coach.user
    actions.no_show(session=session, by=by, at=TEN)
    before = kept(session)
    actions.waive(session=session, by=by, reason="Ill", at=TEN + 20 * SECOND)
    undo(session, TEN + 25 * SECOND)
    assert kept(session) == before
    mailoutbox.clear()

    actions.waive(session=session, by=by, reason="Ill", at=TEN + 30 * SECOND)
    outbox.deliver_due(at=TEN + HOUR)

    assert [mail.subject for mail in mailoutbox if "waived" in mail.body] != []
    assert OutgoingMessage.objects.filter(kind="session-charge-waived", status="SENT").count() == 1


def test_what_the_client_has_done_is_not_hers_to_undo(session, client_user):
    actions.cancel(session=session, by=client_user, at=NOW)

    with pytest.raises(actions.NothingToUndo):
        undo(session, NOW + SECOND)
    with pytest.raises(actions.NothingToUndo):
        actions.undo(session=session, by=client_user, at=NOW + SECOND)


def test_a_time_that_somebody_else_has_taken_meanwhile_stays_theirs(session, coach, stranger):
    cancel(session)
    book_session(coach, stranger)

    with pytest.raises(actions.TimeTaken):
        undo(session, NOW + SECOND)

    session.refresh_from_db()
    assert session.is_cancelled
    assert OutgoingMessage.objects.filter(kind="session-cancelled", status="WAITING").exists()


def test_the_last_session_of_a_programme_that_is_booked_meanwhile_stays_so(coach, client_user):
    programme = agreed_programme(coach, client_user, sessions=1)
    session = book_session(coach, client_user, programme=programme)
    cancel(session)
    book_session(coach, client_user, programme=programme, starts_at=NINE + DAY)

    with pytest.raises(actions.AllowanceUsed):
        undo(session, NOW + SECOND)


def test_the_page_has_the_button_for_ten_seconds(session, signed_in, coach, client_user):
    there = f"/sessions/{session.uuid}/"
    with time_machine.travel(NOW, tick=False):
        as_coach = signed_in(coach.user)
        as_coach.post(there + "cancel/")
        assert there + "undo/" in as_coach.get(there).text
        assert there + "undo/" not in signed_in(client_user).get(there).text
    with time_machine.travel(NOW + 10 * SECOND, tick=False):
        as_coach = signed_in(coach.user)
        assert there + "undo/" not in as_coach.get(there).text
        assert "It is too late to undo this" in as_coach.post(there + "undo/", follow=True).text


def test_who_else_presses_it_finds_nothing(session, signed_in, client_user, stranger, client):
    Coach.objects.create(user=stranger, slug="stan-stranger")
    cancel(session)
    there = f"/sessions/{session.uuid}/undo/"

    with time_machine.travel(NOW + SECOND, tick=False):
        assert client.post(there).status_code in (302, 404)
        for user in (client_user, stranger):
            assert signed_in(user).post(there).status_code == 404
    session.refresh_from_db()
    assert session.is_cancelled


def test_the_coach_reads_what_was_last_time(session, signed_in, coach, client_user):
    earlier = book_session(coach, client_user, starts_at=NINE - 6 * DAY, at=NOW)
    earlier.agenda.create(text="The rota", author=client_user)
    relation = coach.clients.get(user=client_user)
    there = f"/sessions/{session.uuid}/"

    with time_machine.travel(NOW, tick=False):
        page = signed_in(coach.user).get(there)
        clients = signed_in(client_user).get(there)

    assert "Last time" in page.text
    assert "The rota" in page.text
    assert f"/clients/{relation.uuid}/" in page.text
    assert "Last time" not in clients.text


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_the_email_never_both_happen(coach, client_user, mailoutbox):
    """A worker sends at the moment of the undo: either the email has left, or it is undone."""
    open_hours(coach)
    session = book_session(coach, client_user)
    outbox.deliver_due(at=NOW)
    for number in range(4):
        at = NOW + number * 20 * SECOND
        CoachingSession.objects.get(pk=session.pk)
        actions.cancel(session=session, by=coach.user, at=at)

        def press(at=at):
            return undo(session, at + 9 * SECOND)

        def send(at=at):
            return outbox.deliver_due(at=at + 10 * SECOND)

        answer, _ = at_once([press, send])
        session.refresh_from_db()
        message = OutgoingMessage.objects.filter(kind="session-cancelled").latest("pk")
        is_undone = not isinstance(answer, actions.TooLate)
        assert (message.status == "SENT") != is_undone
        assert session.is_booked == is_undone
        if not is_undone:
            break


@pytest.mark.django_db(transaction=True)
def test_of_three_presses_one_undoes(coach, client_user):
    session = book_session(coach, client_user)
    cancel(session)

    answers = at_once([lambda: undo(session, NOW + SECOND)] * 3)

    assert sum(isinstance(each, actions.NothingToUndo) for each in answers) == 2
    assert SessionEvent.objects.filter(what="UNDONE").count() == 1
