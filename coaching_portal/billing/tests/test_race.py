"""Competing calls on connections of their own, and the same with the lock off, to see the race."""

from decimal import Decimal

import pytest
from django.db import DatabaseError

from bookings import invoicing
from coaching_portal.billing import actions, billed_rows, numbers
from coaching_portal.billing.actions import credits, issuing, payments
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import (
    Allocation,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceLine,
    NumberSeries,
)
from coaching_portal.testing.database import triggers_off
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from coaching_portal.testing.races import at_once, hold_at, start_competing_call, without_triggers

pytestmark = pytest.mark.django_db(transaction=True)


def issue_twenty(user, by):
    drafts = [ledger.draft(Payer(user=user), (1, "75")) for _ in range(20)]
    results = at_once([lambda d=draft: actions.issue(invoice=d, by=by, at=NOW) for draft in drafts])
    return [result.number for result in results if isinstance(result, Invoice)]


def test_twenty_at_once_get_twenty_numbers_in_a_row(client_user, admin_user):
    ledger.set_up_practice()

    issued = issue_twenty(client_user, admin_user)

    assert sorted(issued) == [f"INV-2027-{number:04d}" for number in range(1, 21)]


def test_control_without_the_lock_twenty_at_once_do_not(client_user, admin_user, monkeypatch):
    ledger.set_up_practice()
    unlocked = NumberSeries.objects.get
    monkeypatch.setattr(numbers, "_locked", lambda p, y: unlocked(prefix=p, year=y))

    issued = issue_twenty(client_user, admin_user)

    assert len(issued) < 20


def draft_three_times(coach, client, by):
    ledger.set_up_practice()
    for number in range(4):
        ledger.hold_session(coach, client, hours_ago=24 * number + 24)
    billable_items = invoicing.unbilled(TODAY)
    order = {"payer": Payer(user=client), "billable_items": billable_items, "by": by, "at": NOW}
    at_once([lambda: actions.draft_invoice(**order)] * 3)


def test_runs_over_the_same_charges_make_one_line_each(coach, client_user, admin_user):
    draft_three_times(coach, client_user, admin_user)

    assert InvoiceLine.objects.count() == 4
    assert Invoice.objects.count() == 1


def test_control_without_the_lock_runs_bill_twice(coach, client_user, admin_user, monkeypatch):
    def unlocked(model, keys):
        return model.objects.filter(pk__in=keys, invoice_line__isnull=True)

    monkeypatch.setattr(billed_rows, "_locked_unbilled", unlocked)

    draft_three_times(coach, client_user, admin_user)

    assert InvoiceLine.objects.count() > 4


def test_one_draft_issued_twice_at_once_is_issued_once(client_user, admin_user):
    ledger.set_up_practice()
    draft = ledger.draft(Payer(user=client_user), (1, "75"))

    results = at_once([lambda: actions.issue(invoice=draft, by=admin_user, at=NOW)] * 4)

    assert sum(isinstance(result, Invoice) for result in results) == 1
    assert sum(isinstance(result, actions.AlreadyIssued) for result in results) == 3
    assert NumberSeries.objects.get().last == 1


def test_a_line_does_not_slip_into_an_invoice_while_it_is_issued(client_user, admin_user):
    ledger.set_up_practice()
    for _ in range(5):
        draft = ledger.draft(Payer(user=client_user), (1, "75"))

        def issue(draft=draft):
            actions.issue(invoice=draft, by=admin_user, at=NOW)

        def add_a_line(draft=draft):
            more = {"description": "More", "supplied_on": TODAY, "unit_price": Decimal(5)}
            InvoiceLine.objects.create(invoice=draft, **more)

        at_once([issue, add_a_line])

        draft.refresh_from_db()
        assert draft.total == sum(line.net for line in draft.lines.all())


def test_control_without_the_trigger_a_line_slips_in(client_user, admin_user, monkeypatch):
    ledger.set_up_practice()
    draft, take = ledger.draft(Payer(user=client_user), (1, "75")), numbers.take

    def add_a_line():
        more = {"description": "More", "supplied_on": TODAY, "unit_price": Decimal(5)}
        with triggers_off():
            InvoiceLine.objects.create(invoice=draft, **more)

    competing = []

    def take_while_somebody_adds(*series):
        competing.append(start_competing_call(add_a_line))
        return take(*series)

    monkeypatch.setattr(numbers, "take", take_while_somebody_adds)

    with without_triggers(Invoice):  # which compare the lines with the sums
        actions.issue(invoice=draft, by=admin_user, at=NOW)

    assert competing[0].result() is None
    draft.refresh_from_db()
    assert (draft.total, sum(line.net for line in draft.lines.all())) == (75, 80)


def test_the_trigger_alone_also_keeps_a_draft_from_being_issued_twice(
    client_user, admin_user, monkeypatch
):
    ledger.set_up_practice()
    draft = ledger.draft(Payer(user=client_user), (1, "75"))
    monkeypatch.setattr(issuing, "_lock", lambda invoice: Invoice.objects.get(pk=invoice.pk))
    hold_at(monkeypatch, issuing, "_lock", 4)

    results = at_once([lambda: actions.issue(invoice=draft, by=admin_user, at=NOW)] * 4)

    assert sum(isinstance(result, Invoice) for result in results) == 1
    assert sum(isinstance(result, DatabaseError) for result in results) == 3
    assert NumberSeries.objects.get().last == 1


def test_credits_at_once_are_not_for_more_than_the_invoice(client_user, admin_user):
    ledger.set_up_practice()
    invoice = ledger.issue_to(client_user, by=admin_user)

    why = {"reason": "Twice", "by": admin_user, "at": NOW}
    at_once([lambda: actions.credit_in_full(invoice=invoice, **why)] * 4)

    assert CreditNote.objects.get().total == invoice.total


def test_control_without_the_invoices_lock_it_is_credited_twice(
    client_user, admin_user, monkeypatch
):
    ledger.set_up_practice()
    invoice = ledger.issue_to(client_user, by=admin_user)
    monkeypatch.setattr(payments, "lock_with_payments", lambda invoice: invoice)
    hold_at(monkeypatch, credits, "_refuse_unless_it_remains", 2)

    why = {"reason": "Twice", "by": admin_user, "at": NOW}
    with without_triggers(CreditNote, CreditNoteLine):
        at_once([lambda: actions.credit_in_full(invoice=invoice, **why)] * 2)

    assert sum(note.total for note in CreditNote.objects.all()) == 2 * invoice.total


def test_allocations_at_once_are_not_for_more_than_is_outstanding(client_user, admin_user):
    ledger.set_up_practice()
    invoice = ledger.issue_to(client_user, by=admin_user)
    fifty = {"amount": Decimal(50), "by": admin_user, "at": NOW}
    came = {"payer": invoice.payer, "received_on": TODAY, "method": "CASH"}
    payments = [actions.record_payment(**came, **fifty) for _ in range(4)]

    at_once(
        [
            lambda p=payment: actions.allocate(payment=p, invoice=invoice, **fifty)
            for payment in payments
        ]
    )

    assert Allocation.objects.count() == 1
