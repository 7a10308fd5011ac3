from datetime import timedelta
from decimal import Decimal

import pytest

from bookings import invoicing
from coaching_portal.billing import actions, invoicing_run
from coaching_portal.billing.models import CreditNote, NumberSeries
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY


@pytest.fixture
def credit(admin_user):
    """credit(invoice, "45.00"): so much, before VAT, off its only line."""

    def credit(invoice, amount, **fields):
        details = {"reason": "Agreed by phone", "by": admin_user, "at": NOW, **fields}
        line = invoice.lines.get()
        return actions.credit(invoice=invoice, amounts={line: Decimal(amount)}, **details)

    return credit


def test_a_credit_is_never_for_more_than_what_remains(practice, client_user, admin_user, credit):
    invoice = ledger.issue_to(client_user, (1, "135.00"), by=admin_user)
    credit(invoice, "45.00")

    with pytest.raises(actions.CreditRefused, match=r"At most £90\.00"):
        credit(invoice, "90.01")
    assert ledger.with_balances(invoice).outstanding == Decimal("90.00")
    credit(invoice, "90.00")

    assert ledger.with_balances(invoice).outstanding == Decimal("0.00")
    assert ledger.with_balances(invoice).state == "Credited"
    numbers = CreditNote.objects.order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["CN-2027-0001", "CN-2027-0002"]


def test_credits_in_parts_give_all_the_vat_back(practice, client_user, admin_user, credit):
    ledger.register_for_vat()
    invoice = ledger.issue_to(client_user, (1, "100.02"), by=admin_user)

    parts = [credit(invoice, "33.34") for _ in range(3)]

    assert sum(part.total for part in parts) == invoice.total == Decimal("120.02")
    assert ledger.with_balances(invoice).outstanding == 0


@pytest.mark.parametrize("amount", ["0", "-1"])
def test_a_credit_of_nothing_is_refused(practice, client_user, admin_user, credit, amount):
    invoice = ledger.issue_to(client_user, by=admin_user)

    with pytest.raises(actions.CreditRefused):
        credit(invoice, amount)
    assert not NumberSeries.objects.filter(prefix="CN").exists()


def test_a_line_of_another_invoice_is_refused(practice, client_user, admin_user):
    invoice, other = (ledger.issue_to(client_user, by=admin_user) for _ in range(2))

    with pytest.raises(actions.CreditRefused, match="is not on INV-2027-0001"):
        actions.credit(
            invoice=invoice,
            amounts={other.lines.get(): Decimal(1)},
            reason="",
            by=admin_user,
            at=NOW,
        )


def test_a_credit_note_has_its_paper_and_is_sent(practice, client_user, admin_user, credit):
    note = credit(ledger.issue_to(client_user, by=admin_user), "75.00")

    assert bytes(note.document.pdf).startswith(b"%PDF")
    assert OutgoingMessage.objects.filter(kind="credit-note-issued", subject_uuid=note.uuid)


def bill(coach, client, by):
    ledger.hold_session(coach, client)
    (draft,) = invoicing_run.make_drafts(read=lambda: invoicing.unbilled(TODAY), by=by, at=NOW)
    return actions.issue(invoice=draft, by=by, at=NOW)


def test_a_full_credit_releases_what_was_sold_for_one_new_line(
    practice, coach, client_user, admin_user
):
    invoice = bill(coach, client_user, admin_user)
    assert invoicing.unbilled(TODAY) == []

    actions.credit_in_full(invoice=invoice, reason="Wrong payer", by=admin_user, at=NOW)

    assert len(invoicing.unbilled(TODAY)) == 1
    (draft,) = invoicing_run.make_drafts(
        read=lambda: invoicing.unbilled(TODAY), by=admin_user, at=NOW
    )
    assert actions.issue(invoice=draft, by=admin_user, at=NOW).number == "INV-2027-0002"
    assert invoicing.unbilled(TODAY) == []


def test_a_part_credit_releases_nothing_and_its_rest_does(
    practice, coach, client_user, admin_user, credit
):
    invoice = bill(coach, client_user, admin_user)

    credit(invoice, "74.99")
    assert invoicing.unbilled(TODAY) == []
    credit(invoice, "0.01")

    assert len(invoicing.unbilled(TODAY)) == 1


def test_a_charge_that_is_given_up_is_not_made_again(
    practice, coach, client_user, admin_user, credit
):
    invoice = bill(coach, client_user, admin_user)

    credit(invoice, "75.00", release=False)

    assert invoicing.unbilled(TODAY) == []


def test_what_was_paid_beyond_the_rest_goes_back_to_the_payment(
    practice, client_user, admin_user, credit
):
    invoice = ledger.issue_to(client_user, (1, "135.00"), by=admin_user)
    payment = actions.record_payment(
        payer=invoice.payer,
        amount=Decimal("135.00"),
        received_on=TODAY,
        method="CARD",
        by=admin_user,
        at=NOW,
        allocate_to=[(invoice, Decimal("135.00"))],
    )

    credit(invoice, "45.00", at=NOW + timedelta(hours=1))

    row = type(payment).objects.with_unallocated().get()
    assert (row.allocated, row.unallocated) == (Decimal("90.00"), Decimal("45.00"))
    assert ledger.with_balances(invoice).outstanding == 0
    assert ledger.with_balances(invoice).state == "Paid"
