import pytest

from coaching_portal.billing import actions
from coaching_portal.billing.tests import ledger
from coaching_portal.tests.matrix import access_test, only, signed_in


@pytest.fixture
def an_invoice(people, practice):
    return {"uuid": ledger.issue_to(people.client, by=people.admin).uuid}


@pytest.fixture
def a_credit_note(people, practice):
    invoice = ledger.issue_to(people.client, by=people.admin)
    note = actions.credit_in_full(
        invoice=invoice, reason="Mistake", by=people.admin, at=ledger.NOW
    )
    return {"uuid": invoice.uuid, "credit_note": note.uuid}


PAGES = {
    "billing:invoices": signed_in(),
    # An admin reads invoices in the admin.
    "billing:invoice": only("an_invoice", client=200),
    "billing:invoice_pdf": only("an_invoice", client=200),
    "billing:credit_note_pdf": only("a_credit_note", client=200),
}

test_who_may_open = access_test(PAGES)
