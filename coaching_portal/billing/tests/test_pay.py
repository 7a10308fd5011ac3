from datetime import date, timedelta
from decimal import Decimal

import pytest

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, Payment
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY


@pytest.fixture
def invoice(practice, client_user, admin_user):
    return ledger.issue_to(client_user, (1, "100.00"), by=admin_user)


@pytest.fixture
def pay(admin_user):
    """pay(invoice, "40.00"): a payment of its payer, all of it for this invoice."""

    def pay(invoice, amount, **fields):
        details = {"received_on": TODAY, "method": "BANK_TRANSFER", "by": admin_user, "at": NOW}
        share = [(invoice, Decimal(amount))]
        details |= {"payer": invoice.payer, "allocate_to": share, **fields}
        return actions.record_payment(amount=Decimal(amount), **details)

    return pay


def test_a_payment_in_parts_settles_an_invoice(invoice, pay):
    assert ledger.with_balances(invoice).state == "Due"

    pay(invoice, "40.00")
    assert ledger.with_balances(invoice).outstanding == Decimal("60.00")
    assert ledger.with_balances(invoice).state == "Part paid"
    assert ledger.with_balances(invoice, on=date(2027, 6, 23)).state == "Part paid, overdue"
    pay(invoice, "60.00")

    assert ledger.with_balances(invoice).state == "Paid"
    assert list(Invoice.objects.settled(TODAY)) == [invoice]


def test_an_invoice_is_overdue_the_day_after_it_was_due(invoice):
    due = invoice.due_on

    assert not Invoice.objects.overdue(due).exists()
    assert not ledger.with_balances(invoice, on=due).is_overdue
    late = ledger.with_balances(invoice, on=due + timedelta(days=1))
    assert late.is_overdue
    assert (late.state, late.days_overdue) == ("Overdue", 1)
    assert Invoice.objects.overdue(due + timedelta(days=1)).exists()


def test_no_more_is_allocated_than_is_outstanding(invoice, pay):
    pay(invoice, "99.99")

    with pytest.raises(actions.AllocationRefused, match=r"INV-2027-0001 is £0\.01"):
        pay(invoice, "0.02")
    pay(invoice, "0.01")

    assert ledger.with_balances(invoice).outstanding == 0
    assert Payment.objects.count() == 2


def test_no_more_is_allocated_than_was_paid(practice, client_user, admin_user, invoice, pay):
    other = ledger.issue_to(client_user, (1, "100.00"), by=admin_user)
    payment = pay(invoice, "50.00", allocate_to=[(invoice, Decimal("30.00"))])
    details = {"payment": payment, "invoice": other, "by": admin_user, "at": NOW}

    with pytest.raises(actions.AllocationRefused, match=r"has £20\.00 to allocate"):
        actions.allocate(amount=Decimal("20.01"), **details)
    actions.allocate(amount=Decimal("20.00"), **details)

    assert ledger.with_balances(other).outstanding == Decimal("80.00")


def test_a_payment_is_for_invoices_to_its_payer(invoice, pay, stranger):
    with pytest.raises(actions.AllocationRefused, match="not an invoice to this payer"):
        pay(invoice, "10.00", payer=Payer(user=stranger))


def test_a_draft_cannot_be_paid(practice, client_user, pay):
    with pytest.raises(actions.AllocationRefused, match="issue it first"):
        pay(ledger.draft(Payer(user=client_user), (1, "75")), "10.00")


@pytest.mark.parametrize("amount", ["0.00", "-5.00"])
def test_a_payment_is_more_than_nothing(invoice, pay, amount):
    with pytest.raises(actions.PaymentRefused):
        pay(invoice, amount)


def test_a_payment_does_not_come_in_tomorrow(invoice, pay):
    with pytest.raises(actions.PaymentRefused, match="later"):
        pay(invoice, "5.00", received_on=TODAY + timedelta(days=1))


def test_a_reversed_allocation_gives_the_payment_back(invoice, pay, admin_user):
    payment = pay(invoice, "40.00")

    for _ in range(2):
        actions.reverse_allocation(allocation=payment.allocations.get(), by=admin_user, at=NOW)

    assert ledger.with_balances(invoice).outstanding == Decimal("100.00")
    assert Payment.objects.with_unallocated().get().unallocated == Decimal("40.00")


def test_a_reversed_payment_pays_nothing(invoice, pay, admin_user):
    payment = pay(invoice, "40.00")

    actions.reverse_payment(payment=payment, reason="Bounced", by=admin_user, at=NOW)

    assert ledger.with_balances(invoice).outstanding == Decimal("100.00")
    assert Payment.objects.with_unallocated().get().unallocated == 0
    with pytest.raises(actions.AllocationRefused):
        actions.allocate(payment=payment, invoice=invoice, amount=Decimal(1), by=admin_user, at=NOW)
    with pytest.raises(actions.PaymentRefused):
        actions.reverse_payment(payment=payment, reason="Again", by=admin_user, at=NOW)
