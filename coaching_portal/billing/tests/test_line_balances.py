"""What each line of an issued invoice asks for, and what is paid of it."""

from decimal import Decimal

import pytest

from coaching_portal.billing import actions, line_balances
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import InvoiceLine, Payment
from coaching_portal.testing.factories.ledger import (
    NOW,
    TODAY,
    draft,
    issue_to,
    register_for_vat,
    set_up_practice,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _practice(db):
    set_up_practice()


def pay(user, invoice, amount, *, by):
    return actions.record_payment(
        payer=Payer(user=user),
        amount=Decimal(amount),
        received_on=TODAY,
        method=Payment.Method.BANK_TRANSFER,
        by=by,
        at=NOW,
        allocate_to=[(invoice, Decimal(amount))],
    )


def balances(*lines):
    """The balances of all lines of the invoices that have these."""
    lines = InvoiceLine.objects.filter(pk__in=[line.pk for line in lines])
    return list(line_balances.of_invoices_with(lines, on=TODAY).values())


def test_a_payment_in_part_pays_each_line_its_share(client_user, admin_user):
    invoice = issue_to(client_user, (1, "75.00"), (1, "150.00"), by=admin_user)
    pay(client_user, invoice, "100.00", by=admin_user)

    found = balances(invoice.lines.first())

    assert [each.billed for each in found] == [Decimal("75.00"), Decimal("150.00")]
    assert [each.paid for each in found] == [Decimal("33.33"), Decimal("66.67")]
    assert {(each.number, each.issued_on) for each in found} == {(invoice.number, TODAY)}


def test_vat_is_in_what_is_owed_and_not_in_what_is_paid_of_a_line(client_user, admin_user):
    register_for_vat()
    invoice = issue_to(client_user, (1, "100.00"), by=admin_user)
    pay(client_user, invoice, "60.00", by=admin_user)

    (found,) = balances(*invoice.lines.all())

    assert (found.billed, found.paid) == (Decimal("100.00"), Decimal("50.00"))


def test_a_credit_is_taken_off_its_line_and_what_was_paid_counts_for_the_rest(
    client_user, admin_user
):
    invoice = issue_to(client_user, (1, "75.00"), (1, "75.00"), by=admin_user)
    first, _ = invoice.lines.order_by("pk")
    pay(client_user, invoice, "75.00", by=admin_user)
    actions.credit(
        invoice=invoice,
        amounts={first: Decimal("75.00")},
        reason="Waived",
        by=admin_user,
        at=NOW,
        release=False,
    )

    credited, rest = balances(first)

    assert (credited.billed, credited.credited, credited.paid) == (0, Decimal("75.00"), 0)
    assert (rest.billed, rest.paid) == (Decimal("75.00"), Decimal("75.00"))


def test_a_payment_that_was_taken_back_pays_nothing(client_user, admin_user):
    invoice = issue_to(client_user, by=admin_user)
    payment = pay(client_user, invoice, "75.00", by=admin_user)
    actions.reverse_payment(payment=payment, reason="Bounced", by=admin_user, at=NOW)

    (found,) = balances(*invoice.lines.all())

    assert found.paid == 0


def test_drafts_have_no_balance(client_user):
    assert balances(*draft(Payer(user=client_user), (1, "75.00")).lines.all()) == []


def test_two_queries_however_many_lines(client_user, admin_user, django_assert_num_queries):
    lines = [
        line
        for _ in range(3)
        for line in issue_to(client_user, *[(1, "75.00")] * 4, by=admin_user).lines.all()
    ]

    for some in (lines[:1], lines):
        with django_assert_num_queries(2):
            balances(*some)
