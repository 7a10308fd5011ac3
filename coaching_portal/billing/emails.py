"""Messages about invoices and credit notes. The paper goes with them, as it was stored."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast

from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import CreditNote, Invoice
from coaching_portal.common.formatting import money, short_date
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import Membership

INVOICE_ISSUED = "invoice-issued"
CREDIT_NOTE_ISSUED = "credit-note-issued"


def register_kinds() -> None:
    outbox.register(INVOICE_ISSUED, render=_render_invoice, label="Invoice")
    outbox.register(CREDIT_NOTE_ISSUED, render=_render_credit_note, label="Credit note")


def invoice_issued(invoice: Invoice, *, at: datetime, occasion: str = "") -> None:
    _post(INVOICE_ISSUED, invoice, invoice.payer, at=at, occasion=occasion)


def credit_note_issued(note: CreditNote, *, at: datetime) -> None:
    _post(CREDIT_NOTE_ISSUED, note, note.invoice.payer, at=at)


def _post(
    kind: str, about: Invoice | CreditNote, payer: Payer, *, at: datetime, occasion: str = ""
) -> None:
    for address in addresses(payer):
        outbox.queue(kind, about=about, due_at=at, occasion=occasion, **address)


def addresses(payer: Payer) -> list[dict[str, Any]]:
    """Where a payer's papers go: the client, the payables address, or those who look after it."""
    organisation = payer.organisation
    if organisation is None:
        return [{"recipient": payer.user}]
    if organisation.payables_email:
        return [{"address": organisation.payables_email}]
    finance = organisation.memberships.filter(role=Membership.Role.FINANCE)
    return [{"recipient": member.user} for member in finance.select_related("user")]


def _render_invoice(message: OutgoingMessage) -> Email:
    invoice = Invoice.objects.select_related("document").get(uuid=message.subject_uuid)
    total, due_on = cast(Decimal, invoice.total), cast(date, invoice.due_on)  # it is issued
    facts = [
        ("Invoice", invoice.number),
        ("To", invoice.payer_name),
        ("Total", money(total)),
        ("Due", short_date(due_on)),
    ]
    if invoice.purchase_order:
        facts.append(("Purchase order", invoice.purchase_order))
    context = {"invoice": invoice, "facts": facts, "message": message}
    return _render("billing/email/invoice_issued", context, invoice)


def _render_credit_note(message: OutgoingMessage) -> Email:
    notes = CreditNote.objects.select_related("invoice", "document")
    note = notes.get(uuid=message.subject_uuid)
    facts = [
        ("Credit note", note.number),
        ("Corrects", f"Invoice {note.invoice.number}"),
        ("Credited", money(cast(Decimal, note.total))),
        ("Reason", note.reason),
    ]
    context = {"note": note, "invoice": note.invoice, "facts": facts, "message": message}
    return _render("billing/email/credit_note_issued", context, note)


def _render(name: str, context: dict[str, Any], paper: Invoice | CreditNote) -> Email:
    attachment = (f"{paper.number}.pdf", bytes(paper.document.pdf), "application/pdf")
    return render(name, context, attachments=[attachment])
