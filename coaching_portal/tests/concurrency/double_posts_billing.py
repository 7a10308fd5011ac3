"""What admins send who keep the ledger."""

from coaching_portal.billing import actions as billing
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Allocation, CreditNote, InvoiceLine, Payment
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger
from coaching_portal.tests.concurrency.double_posts import Forms, to

FORMS = Forms()
CAME = {"amount": "40.00", "received_on": "2027-06-07", "method": "CASH"}


def in_the_ledger(given):
    given.clock.move_to(ledger.NOW)
    ledger.set_up_practice()


def an_invoice(given):
    in_the_ledger(given)
    return ledger.issue_to(given.client, (1, "100.00"), by=given.admin)


def some_money(given, invoice=None):
    return billing.record_payment(
        payer=Payer(user=given.client),
        amount=100,
        received_on=ledger.TODAY,
        method="CASH",
        by=given.admin,
        at=ledger.NOW,
        allocate_to=[(invoice, 100)] if invoice else [],
    )


@FORMS.add("invoicing_draft", makes=InvoiceLine, without_key=1)
def drafts_of_everything(given):
    in_the_ledger(given)
    session = ledger.hold_session(given.coach, given.client)
    charge = {"until": ledger.TODAY.isoformat(), "item": f"session:{session.uuid}"}
    return given.admin, to("invoicing_draft"), charge


@FORMS.add("admin:billing_invoice_issue", makes=OutgoingMessage, without_key=1)
def a_draft_issued(given):
    in_the_ledger(given)
    draft = ledger.draft(Payer(user=given.client), (1, "75.00"))
    return given.admin, to("admin:billing_invoice_issue", draft.pk), {}


@FORMS.add("admin:billing_invoice_credit", makes=CreditNote, without_key=2)
def a_credit(given):
    invoice = an_invoice(given)
    amounts = {f"line_{invoice.lines.get().pk}": "10.00", "reason": "Agreed", "release": "no"}
    return given.admin, to("admin:billing_invoice_credit", invoice.pk), amounts


@FORMS.add("admin:billing_invoice_pay", makes=Payment, without_key=2)
def a_payment_of_an_invoice(given):
    return given.admin, to("admin:billing_invoice_pay", an_invoice(given).pk), CAME


@FORMS.add("admin:billing_invoice_send_again", makes=OutgoingMessage, without_key=2)
def an_invoice_sent_again(given):
    return given.admin, to("admin:billing_invoice_send_again", an_invoice(given).pk), {}


@FORMS.add("admin:billing_payment_add", makes=Payment, without_key=2)
def a_payment(given):
    an_invoice(given)
    payer = {"payer": f"user:{given.client.pk}"}
    return given.admin, to("admin:billing_payment_add"), {**payer, **CAME}


@FORMS.add("admin:billing_payment_allocate", makes=Allocation, without_key=2)
def an_allocation(given):
    invoice = an_invoice(given)
    payment = some_money(given)
    shares = {f"invoice_{invoice.pk}": "40.00"}
    return given.admin, to("admin:billing_payment_allocate", payment.pk), shares


@FORMS.add("admin:billing_payment_reverse_payment", makes=Payment, once=0, without_key=0)
def a_payment_reversed(given):
    payment = some_money(given, an_invoice(given))
    page = to("admin:billing_payment_reverse_payment", payment.pk)
    return given.admin, page, {"reason": "Bounced"}


@FORMS.add("admin:billing_payment_remove_allocation", makes=Allocation, once=0, without_key=0)
def an_allocation_taken_back(given):
    payment = some_money(given, an_invoice(given))
    page = to("admin:billing_payment_remove_allocation", payment.allocations.get().pk)
    return given.admin, page, {}
