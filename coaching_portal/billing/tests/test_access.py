"""Who may open what of the ledger."""

import pytest

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW
from coaching_portal.testing.matrix import access_test, only, signed_in


@pytest.fixture
def an_invoice(practice, people):
    return {"uuid": ledger.issue_to(people.client, by=people.admin).uuid}


@pytest.fixture
def an_organisations_invoice(practice, people):
    trust = people.sponsor.memberships.get().organisation
    trust.address = "2 Example Road"
    trust.save()
    draft = ledger.draft(Payer(organisation=trust, purchase_order="PO-123456"), (1, "75"))
    return {"uuid": actions.issue(invoice=draft, by=people.admin, at=NOW).uuid}


@pytest.fixture
def a_credit_note(practice, people):
    invoice = ledger.issue_to(people.client, by=people.admin)
    note = actions.credit_in_full(invoice=invoice, reason="Mistake", by=people.admin, at=NOW)
    return {"uuid": invoice.uuid, "credit_note": note.uuid}


PAGES = {
    "billing:invoices": signed_in(),
    "billing:invoice": only("an_invoice", client=200),
    "billing:invoice_pdf": only("an_invoice", client=200),
    "billing:credit_note_pdf": only("a_credit_note", client=200),
}
AN_ORGANISATIONS = {
    "billing:invoice": only("an_organisations_invoice", sponsor=200, contact=200),
    "billing:invoice_pdf": only("an_organisations_invoice", sponsor=200, contact=200),
}

test_who_may_do_what = access_test(PAGES)
test_who_may_do_what_with_an_organisations = access_test(AN_ORGANISATIONS)
