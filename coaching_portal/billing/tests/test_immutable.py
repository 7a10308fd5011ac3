"""What has been issued stays: whoever tries to change it, and however."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import (
    Allocation,
    CreditNote,
    CreditNoteLine,
    Invoice,
    InvoiceDocument,
    InvoiceLine,
    Payment,
)
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY


@pytest.fixture
def issued(practice, client_user, admin_user):
    return ledger.issue_to(client_user, by=admin_user)


def refused():
    """The database refuses, as it refuses what breaks a constraint."""
    return pytest.raises(IntegrityError, match="never changes")


STATEMENTS = [
    "UPDATE billing_invoice SET total = 1, net = 1",
    "UPDATE billing_invoice SET purchase_order = 'PO-1'",
    "UPDATE billing_invoice SET issued_at = NULL, number = ''",
    "DELETE FROM billing_invoice",
    "UPDATE billing_invoiceline SET description = 'Something else'",
    "UPDATE billing_invoiceline SET unit_price = 1, net = 1",
    "DELETE FROM billing_invoiceline",
]


@pytest.mark.parametrize("statement", STATEMENTS)
def test_sql_cannot_change_it(issued, statement):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_sql_cannot_add_a_line(issued):
    with refused(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_invoiceline"
            " (invoice_id, description, supplied_on, quantity, unit_price, net)"
            " VALUES (%s, 'More', '2027-06-03', 1, 1, 1)",
            [issued.pk],
        )


def test_sql_cannot_move_a_draft_line_into_it(issued, stranger):
    ledger.draft(Payer(user=stranger), (1, "1"))

    with refused(), transaction.atomic():
        InvoiceLine.objects.exclude(invoice=issued).update(invoice=issued)


def test_the_shell_cannot_change_it(issued):
    line = issued.lines.get()

    with refused(), transaction.atomic():
        issued.save()
    with refused(), transaction.atomic():
        Invoice.objects.update(purchase_order="")
    with refused(), transaction.atomic():
        InvoiceLine.objects.bulk_update([line], ["description"])
    with refused(), transaction.atomic():
        line.delete()
    with refused(), transaction.atomic():
        Invoice.objects.filter(pk=issued.pk)._raw_delete("default")


def test_a_document_is_not_born_issued(issued, client_user, admin_user):
    second = Invoice.objects.get(pk=issued.pk)
    second.pk, second.uuid, second.number = None, None, "INV-2027-0099"

    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)


def test_a_draft_can_be_changed_and_deleted(practice, client_user):
    draft = ledger.draft(Payer(user=client_user), (1, "75"))

    line = draft.lines.get()
    line.quantity = Decimal(2)
    line.save()
    line.refresh_from_db()
    assert line.net == Decimal("150.00")
    draft.delete()

    assert not InvoiceLine.objects.exists()


def test_its_paper_stays(issued):
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        InvoiceDocument.objects.update(pdf=b"another")
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        InvoiceDocument.objects.all()._raw_delete("default")


def test_a_paper_has_its_own_hash(issued, client_user, admin_user):
    other = ledger.draft(Payer(user=client_user), (1, "75"))

    with pytest.raises(IntegrityError, match="document_hash"), transaction.atomic():
        InvoiceDocument.objects.create(invoice=other, pdf=b"paper", sha256="0" * 64)


def test_a_credit_note_stays(issued, admin_user):
    actions.credit_in_full(invoice=issued, reason="Wrong payer", by=admin_user, at=NOW)

    for model in (CreditNote, CreditNoteLine):
        with refused(), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with refused(), transaction.atomic():
        CreditNote.objects.update(reason="Another")
    with refused(), transaction.atomic():
        CreditNoteLine.objects.update(net=1)


def test_payments_and_allocations_are_kept(issued, admin_user):
    actions.record_payment(
        payer=issued.payer,
        amount=Decimal(75),
        received_on=TODAY,
        method="CASH",
        by=admin_user,
        at=NOW,
        allocate_to=[(issued, Decimal(75))],
    )

    for model in (Allocation, Payment):
        with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
            model.objects.all()._raw_delete("default")
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            model.objects.update(amount=1)
