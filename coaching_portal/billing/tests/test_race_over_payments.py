"""A credit while a payment is allocated, removed or reversed, at the worst moment."""

from decimal import Decimal

import pytest

from coaching_portal.billing import actions
from coaching_portal.billing.actions import payments
from coaching_portal.billing.models import Allocation, Payment
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from coaching_portal.testing.races import at_once, start_competing_call, without_triggers

HUNDRED, FORTY = Decimal("100.00"), Decimal("40.00")
ROUNDS = 5

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by(admin_user):
    ledger.set_up_practice()
    return {"by": admin_user, "at": NOW}


@pytest.fixture
def invoice(by, client_user):
    return ledger.issue_to(client_user, (1, "100.00"), by=by["by"])


@pytest.fixture
def payment(invoice, by):
    """£100.00 that came in, and are for nothing yet."""
    return actions.record_payment(
        payer=invoice.payer, amount=HUNDRED, received_on=TODAY, method="CASH", **by
    )


@pytest.fixture
def paid(payment, invoice, by):
    """The same £100.00, which have paid the invoice."""
    return actions.allocate(payment=payment, invoice=invoice, amount=HUNDRED, **by)


def credit_forty(invoice, by):
    return actions.credit(
        invoice=invoice, amounts={invoice.lines.get(): FORTY}, reason="Agreed", **by
    )


def test_a_credit_and_a_payment_at_once_do_not_overpay(invoice, by):
    for _ in range(ROUNDS):
        another = ledger.issue_to(invoice.user, (1, "100.00"), by=by["by"])
        came = {"payer": another.payer, "amount": HUNDRED, "received_on": TODAY}
        pay = {**came, "method": "CASH", "allocate_to": [(another, HUNDRED)], **by}

        at_once(
            [
                lambda invoice=another: credit_forty(invoice, by),
                lambda pay=pay: actions.record_payment(**pay),
            ]
        )

        balances = ledger.with_balances(another)
        assert balances.credited == FORTY
        assert (balances.paid, balances.outstanding) in [(60, 0), (0, 60)]


def test_control_without_the_invoices_lock_they_do(invoice, payment, by, monkeypatch):
    check = payments._refuse_unless_left

    def check_while_somebody_credits(*args):
        check(*args)
        at_once([lambda: credit_forty(invoice, by)])

    monkeypatch.setattr(payments, "_refuse_unless_left", check_while_somebody_credits)
    monkeypatch.setattr(
        payments, "_lock_invoice", lambda invoice, at: ledger.with_balances(invoice)
    )

    with without_triggers(Allocation):
        actions.allocate(payment=payment, invoice=invoice, amount=HUNDRED, **by)

    assert ledger.with_balances(invoice).outstanding == -FORTY


@pytest.fixture
def credit_while(invoice, by, monkeypatch):
    """credit_while(act): credit £40.00; somebody acts between its sums and what it writes."""

    def credit(act):
        competing, free = [], payments._reverse

        def free_after(allocation, **how):
            monkeypatch.setattr(payments, "_reverse", free)
            competing.append(start_competing_call(act))
            return free(allocation, **how)

        monkeypatch.setattr(payments, "_reverse", free_after)
        credit_forty(invoice, by)
        return competing[0].result()

    return credit


def test_a_payment_that_is_reversed_while_a_credit_is_written_pays_nothing(
    invoice, payment, paid, by, credit_while
):
    credit_while(lambda: actions.reverse_payment(payment=payment, reason="Bounced", **by))

    assert not Allocation.objects.live().exists()
    assert ledger.with_balances(invoice).outstanding == Decimal("60.00")


def test_whoever_takes_money_back_while_a_credit_is_written_is_told_of_the_change(
    invoice, paid, by, credit_while
):
    answer = credit_while(lambda: actions.reverse_allocation(allocation=paid, **by))

    assert isinstance(answer, actions.AllocationRefused)
    assert Allocation.objects.live().get().amount == Decimal("60.00")


@pytest.fixture
def without_the_payments_lock(monkeypatch):
    monkeypatch.setattr(payments, "lock_with_payments", lambda invoice: invoice)
    monkeypatch.setattr(payments, "_lock_payment", lambda payment: payment)
    with without_triggers(Payment, Allocation):
        yield


def test_control_without_the_payments_lock_a_reversed_payment_still_pays(
    invoice, payment, paid, by, credit_while, without_the_payments_lock
):
    credit_while(lambda: actions.reverse_payment(payment=payment, reason="Bounced", **by))

    payment.refresh_from_db()
    assert payment.is_reversed
    assert Allocation.objects.live().get().amount == Decimal("60.00")


def test_control_without_the_payments_lock_money_taken_back_comes_again(
    invoice, paid, by, credit_while, without_the_payments_lock
):
    answer = credit_while(lambda: actions.reverse_allocation(allocation=paid, **by))

    assert answer is None
    assert Allocation.objects.live().get().amount == Decimal("60.00")
