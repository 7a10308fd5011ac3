"""Seven years on, issued documents forget whom they were for; until then nothing changes them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from coaching_portal.billing import actions
from coaching_portal.billing.models import (
    CreditNote,
    CreditNoteDocument,
    Invoice,
    InvoiceDocument,
    Payment,
)
from coaching_portal.common.refusals import Refusal
from coaching_portal.personal_data import privacy, retention
from coaching_portal.testing.factories import ledger

# Long past by the clock of the database too, which the guards of documents ask.
NOW = datetime(2015, 6, 8, 10, 0, tzinfo=UTC)
TODAY = date(2015, 6, 8)
SEVEN_YEARS = timedelta(days=2557)
KINDS = ("invoices", "credit-notes", "payments")


@pytest.fixture
def kept(practice, client_user, admin_user):
    """An invoice of £100.00, credited by £40.00 and paid."""
    invoice = ledger.issue_to(client_user, (1, "100.00"), by=admin_user, at=NOW)
    credit = {invoice.lines.get(): Decimal("40.00")}
    actions.credit(invoice=invoice, amounts=credit, reason="Cleo was ill", by=admin_user, at=NOW)
    actions.record_payment(
        payer=invoice.payer,
        amount=Decimal(60),
        received_on=TODAY,
        method="BANK_TRANSFER",
        reference="C CLIENT",
        by=admin_user,
        at=NOW,
        allocate_to=[(invoice, Decimal(60))],
    )
    return invoice


def forget(at):
    kinds = [each for each in privacy.retentions() if each.name in KINDS]
    return {kind.name: retention.forget(kind, at) for kind in kinds}


def test_on_the_last_day_everything_is_kept_and_on_the_next_it_goes(kept):
    assert forget(NOW + SEVEN_YEARS) == dict.fromkeys(KINDS, 0)
    assert forget(NOW + SEVEN_YEARS + timedelta(days=1)) == dict.fromkeys(KINDS, 1)
    assert forget(NOW + SEVEN_YEARS + timedelta(days=1)) == dict.fromkeys(KINDS, 0)

    invoice, note = Invoice.objects.get(), CreditNote.objects.get()
    assert "Cleo" not in str([vars(invoice), vars(note), vars(Payment.objects.get())])
    assert bytes(invoice.document.pdf) == bytes(note.document.pdf) == b""
    assert (invoice.number, invoice.total) == ("INV-2015-0001", Decimal("100.00"))
    assert ledger.with_balances(invoice).is_settled


def test_what_is_forgotten_is_told_where_it_was(kept, client_user, admin_user, signed_in):
    forget(NOW + SEVEN_YEARS + timedelta(days=1))
    browser, invoice = signed_in(client_user), Invoice.objects.get()

    page = browser.get(f"/invoices/{invoice.uuid}/")

    assert "They have been deleted." in page.content.decode()
    assert browser.get(f"/invoices/{invoice.uuid}.pdf").status_code == 404
    assert (
        list(next(k for k in privacy.kinds() if k.name == "invoices").documents(client_user)) == []
    )
    with pytest.raises(Refusal, match="no longer kept"):
        actions.send_again(invoice=invoice, at=NOW)
    with pytest.raises(actions.CreditRefused, match="no longer kept"):
        actions.credit_in_full(invoice=invoice, reason="Late", by=admin_user, at=NOW)


def test_nothing_else_can_change_a_document_afterwards(kept):
    forget(NOW + SEVEN_YEARS + timedelta(days=1))

    for change in (
        lambda: Invoice.objects.update(total=1),
        lambda: CreditNote.objects.update(reason="Another"),
        lambda: Invoice.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            change()
    for model in (InvoiceDocument, CreditNoteDocument):
        with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
            model.objects.update(pdf=b"another")


def test_the_reason_of_a_reversal_goes_and_the_reversal_stays(kept, admin_user):
    payment = Payment.objects.get()
    actions.reverse_payment(payment=payment, reason="Cleo's card", by=admin_user, at=NOW)

    forget(NOW + SEVEN_YEARS + timedelta(days=1))

    payment.refresh_from_db()
    assert (payment.reversal_reason, payment.reversed_at) == ("", NOW)


def test_the_database_asks_its_own_clock(practice, client_user, admin_user):
    at = timezone.now()
    invoice = ledger.issue_to(client_user, by=admin_user, at=at)

    with pytest.raises(IntegrityError, match="Cannot update"), transaction.atomic():
        forget(at + SEVEN_YEARS + timedelta(days=1))
    assert Invoice.objects.get().buyer == invoice.buyer


def test_no_installation_can_forget_them_earlier(kept, settings):
    settings.RETENTION_DAYS = dict.fromkeys(KINDS, "30")

    assert forget(NOW + timedelta(days=31)) == dict.fromkeys(KINDS, 0)
    settings.RETENTION_DAYS = dict.fromkeys(KINDS, "3000")
    assert forget(NOW + SEVEN_YEARS + timedelta(days=1)) == dict.fromkeys(KINDS, 0)


def test_a_dry_run_counts_them_and_changes_nothing(kept, capsys, time_machine):
    time_machine.move_to(NOW + SEVEN_YEARS + timedelta(days=1))

    call_command("retention", dry_run=True)

    rows = [row.split() for row in capsys.readouterr().out.splitlines()]
    assert [row[:4] for row in rows if row[0] in KINDS] == [
        [name, "2557", "days", "1"] for name in KINDS
    ]
    assert not Invoice.objects.get().is_forgotten
