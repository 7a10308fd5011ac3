"""What the payer is told by email: the facts, and the stored paper with them."""

from decimal import Decimal

from coaching_portal.billing import actions, emails
from coaching_portal.billing.billable_items import Payer
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW


def rendered(kind, render):
    return render(OutgoingMessage.objects.get(kind=kind))


def test_the_message_with_an_invoice(trust, admin_user):
    payer = Payer(organisation=trust, purchase_order="PO-123456")
    invoice = actions.issue(invoice=ledger.draft(payer, (1, "1234.50")), by=admin_user, at=NOW)

    email = rendered("invoice-issued", emails._render_invoice)

    assert email.subject == "Invoice INV-2027-0001: £1,234.50, due 8 July 2027"
    for words in ("INV-2027-0001", "£1,234.50", "8 July 2027", "PO-123456", "00-00-00"):
        assert words in email.text
        assert words in email.html
    assert f"http://testserver/invoices/{invoice.uuid}/" in email.text
    assert email.attachments == [
        ("INV-2027-0001.pdf", bytes(invoice.document.pdf), "application/pdf")
    ]


def test_the_message_with_a_credit_note(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)
    line = invoice.lines.get()
    actions.credit(
        invoice=invoice, amounts={line: Decimal(30)}, reason="Agreed", by=admin_user, at=NOW
    )

    email = rendered("credit-note-issued", emails._render_credit_note)

    assert email.subject == "Credit note CN-2027-0001: £30.00 off invoice INV-2027-0001"
    assert "Agreed" in email.text
    assert [name for name, _, _ in email.attachments] == ["CN-2027-0001.pdf"]


def test_a_name_is_not_markup(practice, make_user, admin_user):
    ledger.issue_to(make_user(name="<script>alert(1)</script>"), by=admin_user)

    email = rendered("invoice-issued", emails._render_invoice)

    assert "<script>alert" not in email.html
    assert "<script>alert(1)</script>" in email.text
