"""Credits and payments in Django admin: each on a page that asks first."""

from decimal import Decimal

import pytest
from django.urls import reverse

from coaching_portal.billing.models import CreditNote, Payment
from coaching_portal.billing.tests.test_admin import page, text
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW


@pytest.fixture
def admin(admin_user, signed_in, time_machine):
    time_machine.move_to(NOW)
    return signed_in(admin_user)


@pytest.fixture
def issued(practice, client_user, admin_user):
    return ledger.issue_to(client_user, (1, "100.00"), by=admin_user)


def test_a_credit_asks_how_much_and_what_becomes_of_what_was_sold(admin, issued):
    line = issued.lines.get()
    address = page("invoice_credit", issued)
    assert "At most £100.00." in text(admin.get(address))

    too_much = admin.post(
        address, {"reason": "Agreed", "release": "no", f"line_{line.pk}": "100.01"}
    )
    assert too_much.status_code == 200
    admin.post(address, {"reason": "Agreed", "release": "no", f"line_{line.pk}": "40"})

    assert CreditNote.objects.get().total == Decimal("40.00")
    assert ledger.with_balances(issued).outstanding == Decimal("60.00")


def test_the_same_credit_form_sent_twice_credits_once(admin, issued):
    line = issued.lines.get()
    values = {
        "reason": "Agreed",
        "release": "no",
        f"line_{line.pk}": "10",
        "idempotency_key": "6f0c1d0e-5f7e-4e6e-9d0c-8f3d2b1a0c9e",
    }

    for _ in range(2):
        assert admin.post(page("invoice_credit", issued), values).status_code == 302

    assert CreditNote.objects.count() == 1


def test_a_payment_from_the_invoices_page_is_allocated_to_it(admin, issued):
    values = {"amount": "120.00", "received_on": "2027-06-07", "method": "BANK_TRANSFER"}

    admin.post(page("invoice_pay", issued), values)

    payment = Payment.objects.with_unallocated().get()
    assert (payment.allocated, payment.unallocated) == (Decimal(100), Decimal(20))
    assert ledger.with_balances(issued).state == "Paid"


def test_a_payment_of_a_payer_is_allocated_on_the_next_page(admin, issued, client_user, admin_user):
    other = ledger.issue_to(client_user, (1, "50.00"), by=admin_user)
    values = {
        "payer": f"user:{client_user.pk}",
        "amount": "130.00",
        "received_on": "2027-06-07",
        "method": "CHEQUE",
    }

    next_page = admin.post(reverse("admin:billing_payment_add"), values)["Location"]
    form = admin.get(next_page).context["form"]
    assert [field.initial for field in form] == [Decimal(100), Decimal(30)]
    admin.post(next_page, {f"invoice_{issued.pk}": "100.00", f"invoice_{other.pk}": "30.00"})

    assert ledger.with_balances(issued).outstanding == 0
    assert ledger.with_balances(other).outstanding == Decimal("20.00")


def test_an_allocation_is_taken_back_and_a_payment_reversed(admin, issued):
    values = {"amount": "100.00", "received_on": "2027-06-07", "method": "CASH"}
    admin.post(page("invoice_pay", issued), values)
    payment = Payment.objects.get()

    admin.post(page("payment_remove_allocation", payment.allocations.get()))
    assert ledger.with_balances(issued).outstanding == Decimal("100.00")
    admin.post(page("payment_reverse_payment", payment), {"reason": "Bounced"})

    assert Payment.objects.get().is_reversed
    assert "Reversed: Bounced" in text(admin.get(reverse("admin:billing_payment_changelist")))
