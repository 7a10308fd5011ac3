"""What became of a session: confirmed, missed, called off, waived; and corrected."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bookings import actions, tasks
from bookings.models import SessionEvent
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.database import triggers_off
from coaching_portal.testing.factories.sessions import WEEKS_AHEAD, agreed_programme, book_session
from coaching_portal.testing.plugin import NINE

pytestmark = pytest.mark.django_db
TEN = NINE + timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def session(coach, client_user):
    """Booked for 09:00 to 10:00."""
    return book_session(coach, client_user)


def events(session):
    return list(session.events.order_by("pk").values_list("what", "note"))


def put_on_invoice(session):
    invoice = Invoice.objects.create(user=session.client, drafted_at=TEN)
    session.invoice_line = add_line(invoice, "Individual coaching, 7 June 2027")
    session.save()
    return invoice


def add_line(invoice, description):
    return InvoiceLine.objects.create(
        invoice=invoice,
        description=description,
        supplied_on=NINE.date(),
        unit_price=Decimal(75),
    )


def issue(invoice, by):
    """As issuing leaves the row; how it is done is billing's."""
    money = {"net": Decimal(75), "vat": Decimal(0), "total": Decimal(75)}
    with triggers_off():
        Invoice.objects.filter(pk=invoice.pk).update(
            number="INV-2027-0001",
            issued_at=TEN,
            issued_on=TEN.date(),
            issued_by=by,
            due_on=TEN.date(),
            **money,
        )


def test_a_session_can_be_confirmed_from_its_end_on(session, coach):
    with pytest.raises(actions.NotOver):
        actions.confirm(session=session, by=coach.user, at=TEN - SECOND)

    actions.confirm(session=session, by=coach.user, at=TEN)

    session.refresh_from_db()
    assert session.status == "COMPLETED"
    assert session.confirmed_at == TEN
    assert session.is_billable


def test_only_a_confirmed_session_is_billable(session, coach):
    assert not session.is_billable

    assert actions.confirm(session=session, by=coach.user, at=TEN).is_billable


def test_confirming_twice_changes_nothing(session, coach):
    actions.confirm(session=session, by=coach.user, at=TEN)

    actions.confirm(session=session, by=coach.user, at=TEN + timedelta(days=1))

    session.refresh_from_db()
    assert session.confirmed_at == TEN
    assert events(session) == [("BOOKED", ""), ("CONFIRMED", "")]


def test_a_missed_session_counts_and_is_billed(coach, client_user):
    programme = agreed_programme(coach, client_user)
    session = book_session(coach, client_user, programme=programme)

    session = actions.no_show(session=session, by=coach.user, at=TEN)

    assert session.status == "NO_SHOW"
    assert session.is_billable
    assert programme.sessions_used == 1


def test_what_was_said_can_be_corrected_and_is_kept(session, coach):
    actions.no_show(session=session, by=coach.user, at=TEN)

    actions.confirm(session=session, by=coach.user, at=TEN + SECOND)

    session.refresh_from_db()
    assert session.status == "COMPLETED"
    assert events(session)[1:] == [
        ("NO_SHOW", ""),
        ("CONFIRMED", "Corrected from: Did not attend"),
    ]


def test_a_session_that_was_called_off_is_given_back(coach, client_user):
    programme = agreed_programme(coach, client_user)
    session = book_session(coach, client_user, programme=programme)

    session = actions.record_did_not_take_place(session=session, by=coach.user, at=TEN)

    assert session.status == "CANCELLED"
    assert not session.is_billable
    assert programme.sessions_used == 0


def test_calling_off_can_be_corrected_but_a_cancellation_stands(coach, client_user):
    called_off = book_session(coach, client_user)
    cancelled = book_session(coach, client_user, starts_at=NINE + timedelta(days=1))
    actions.cancel(session=cancelled, by=client_user, at=WEEKS_AHEAD)
    later = NINE + timedelta(days=2)

    actions.record_did_not_take_place(session=called_off, by=coach.user, at=TEN)
    corrected = actions.confirm(session=called_off, by=coach.user, at=later)

    assert corrected.status == "COMPLETED"
    assert corrected.cancelled_at is None
    with pytest.raises(actions.NotOver):
        actions.confirm(session=cancelled, by=coach.user, at=later)


def test_a_correction_cannot_put_two_sessions_into_one_hour(session, coach, make_user):
    actions.no_show(session=session, by=coach.user, at=TEN)
    book_session(coach, make_user("another@example.org"))

    with pytest.raises(actions.TimeTaken):
        actions.confirm(session=session, by=coach.user, at=TEN)

    session.refresh_from_db()
    assert session.status == "NO_SHOW"


def test_a_waived_no_show_is_returned_and_recorded(coach, client_user):
    programme = agreed_programme(coach, client_user)
    session = book_session(coach, client_user, programme=programme)
    actions.no_show(session=session, by=coach.user, at=TEN)

    session = actions.waive(session=session, by=coach.user, reason=" Taken ill. ", at=TEN)

    assert not session.is_billable
    assert programme.sessions_used == 0
    assert session.waiver_reason == "Taken ill."
    assert events(session)[-1] == ("WAIVED", "Taken ill.")
    assert OutgoingMessage.objects.filter(kind="session-charge-waived").count() == 1


def test_a_late_cancellation_can_be_waived(session, coach, client_user):
    by = {"by": client_user, "at": NINE - timedelta(hours=47)}
    actions.cancel(session=session, **by)

    session = actions.waive(session=session, by=coach.user, reason="Funeral.", at=NINE)

    assert not session.is_billable


def test_waiving_twice_is_told_once(session, coach):
    actions.no_show(session=session, by=coach.user, at=TEN)
    for reason in ("Taken ill.", "Again."):
        actions.waive(session=session, by=coach.user, reason=reason, at=TEN)

    session.refresh_from_db()
    assert session.waiver_reason == "Taken ill."
    assert SessionEvent.objects.filter(what="WAIVED").count() == 1


def test_a_reason_is_needed_and_something_to_waive(session, coach):
    with pytest.raises(actions.NothingToWaive):
        actions.waive(session=session, by=coach.user, reason="Kindness.", at=TEN)

    actions.no_show(session=session, by=coach.user, at=TEN)
    with pytest.raises(actions.NothingToWaive):
        actions.waive(session=session, by=coach.user, reason="  ", at=TEN)


def test_waiving_takes_line_and_draft_where_it_was_the_only_line(session, coach):
    session = actions.no_show(session=session, by=coach.user, at=TEN)
    put_on_invoice(session)

    actions.waive(session=session, by=coach.user, reason="Taken ill.", at=TEN)

    session.refresh_from_db()
    assert session.invoice_line is None
    assert not InvoiceLine.objects.exists()
    assert not Invoice.objects.exists()


def test_waiving_leaves_a_draft_with_its_other_lines(session, coach):
    session = actions.no_show(session=session, by=coach.user, at=TEN)
    add_line(put_on_invoice(session), "Another hour")

    actions.waive(session=session, by=coach.user, reason="Taken ill.", at=TEN)

    assert [line.description for line in Invoice.objects.get().lines.all()] == ["Another hour"]


def test_what_did_not_take_place_takes_its_draft_along_too(session, coach):
    session = actions.confirm(session=session, by=coach.user, at=TEN)
    put_on_invoice(session)

    actions.record_did_not_take_place(session=session, by=coach.user, at=TEN)

    assert not Invoice.objects.exists()


def test_an_invoiced_session_cannot_be_called_off_but_may_turn_out_missed(
    session, coach, admin_user
):
    session = actions.confirm(session=session, by=coach.user, at=TEN)
    issue(put_on_invoice(session), by=admin_user)

    with pytest.raises(actions.AlreadyInvoiced):
        actions.record_did_not_take_place(session=session, by=coach.user, at=TEN)

    assert actions.no_show(session=session, by=coach.user, at=TEN).invoice_line is not None


def test_three_days_of_silence_complete_a_session(session, coach):
    days = timedelta(days=3)

    assert actions.complete_unconfirmed(at=TEN + days - SECOND) == 0
    assert actions.complete_unconfirmed(at=TEN + days) == 1
    assert actions.complete_unconfirmed(at=TEN + days) == 0

    session.refresh_from_db()
    assert session.status == "COMPLETED"
    assert events(session)[-1] == ("CONFIRMED", "Not confirmed in time.")


def test_silence_does_not_change_what_the_coach_said(session, coach):
    actions.no_show(session=session, by=coach.user, at=TEN)

    actions.complete_unconfirmed(at=TEN + timedelta(days=30))

    session.refresh_from_db()
    assert session.status == "NO_SHOW"


def test_the_task_asks_what_is_due_now(session):
    tasks.complete_unconfirmed()

    session.refresh_from_db()
    assert session.status == "BOOKED"  # 2027 is still ahead
