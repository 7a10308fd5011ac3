"""The content of an invoice or a credit note: the same words and figures on page and PDF."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

from coaching_portal.billing.amounts import Totals
from coaching_portal.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from coaching_portal.common import documents
from coaching_portal.common.formatting import money, short_date

LAYOUT = Path(__file__).parent / "paper" / "invoice.typ"
NO_VAT = "No VAT charged: supplier not VAT registered"

Detail = tuple[str, str]


@dataclass(frozen=True)
class Seller:
    name: str
    lines: str
    foot: str  # of each page


@dataclass(frozen=True)
class Buyer:
    lines: str


@dataclass(frozen=True)
class Sheet:
    """An issued document in words and figures: a page shows it, and the layout draws it."""

    title: str
    number: str
    seller: Seller
    buyer: Buyer
    note: str
    facts: list[Detail]
    columns: list[str]
    lines: list[list[str]]
    sums: list[Detail]
    total: Detail
    how_to_pay: str
    bank: list[Detail]


def sha256(pdf: bytes) -> str:
    return hashlib.sha256(pdf).hexdigest()


def invoice_pdf(invoice: Invoice) -> bytes:
    return draw(invoice_sheet(invoice), at=invoice.issued_at)


def credit_note_pdf(note: CreditNote) -> bytes:
    # Names are those of its invoice, which may be older than the fonts: it can be credited still.
    return draw(credit_note_sheet(note), at=note.issued_at, may_lack_glyphs=True)


def draw(sheet: Sheet, *, at: datetime | None, may_lack_glyphs: bool = False) -> bytes:
    return documents.pdf(LAYOUT, asdict(sheet), at=at, may_lack_glyphs=may_lack_glyphs)


def invoice_sheet(invoice: Invoice) -> Sheet:
    """An issued invoice in words."""
    lines = list(invoice.lines.order_by("supplied_on", "pk"))
    due = short_date(cast(date, invoice.due_on))
    facts = [
        ("Invoice number", invoice.number),
        ("Issued", short_date(cast(date, invoice.issued_on))),
        ("Due", due),
    ]
    if invoice.purchase_order:
        facts.append(("Purchase order", invoice.purchase_order))
    return Sheet(
        title=f"Invoice {invoice.number}",
        number=invoice.number,
        seller=_seller(invoice),
        buyer=_buyer(invoice),
        note=_note(invoice),
        facts=facts,
        columns=_columns(invoice),
        lines=[_row(invoice, line, line) for line in lines],
        sums=_sums(invoice, invoice.totals()),
        total=(f"Total due by {due}", money(cast(Decimal, invoice.total))),
        how_to_pay=f"By bank transfer, quoting {invoice.number}.",
        bank=_bank(invoice),
    )


def credit_note_sheet(note: CreditNote) -> Sheet:
    """A credit note in words: what is taken off which lines of its invoice."""
    invoice = note.invoice
    lines = note.lines.select_related("invoice_line")
    lines = lines.order_by("invoice_line__supplied_on", "invoice_line__pk")
    issued, corrected = cast(date, note.issued_on), cast(date, invoice.issued_on)
    return Sheet(
        title=f"Credit note {note.number}",
        number=note.number,
        seller=_seller(invoice),
        buyer=_buyer(invoice),
        note=_note(invoice),
        facts=[
            ("Credit note number", note.number),
            ("Issued", short_date(issued)),
            ("Corrects", f"Invoice {invoice.number} of {short_date(corrected)}"),
            ("Reason", note.reason),
        ],
        columns=_columns(invoice, short=True),
        lines=[_row(invoice, line.invoice_line, line, short=True) for line in lines],
        sums=_sums(invoice, note.totals()),
        total=("Total credited", money(cast(Decimal, note.total))),
        how_to_pay="",
        bank=[],
    )


def _seller(invoice: Invoice) -> Seller:
    seller = invoice.seller
    lines = [seller["legal_name"], seller["address"], seller["email"], seller["phone"]]
    if seller["vat_number"]:
        lines.append(f"VAT registration {seller['vat_number']}")
    foot = [seller["legal_name"], seller["legal_form"]]
    if seller["company_number"]:
        foot.append(f"Company number {seller['company_number']}")
    return Seller(seller["name"], lines=_text(lines), foot=" · ".join(filter(None, foot)))


def _buyer(invoice: Invoice) -> Buyer:
    return Buyer(_text([invoice.buyer["name"], invoice.buyer["address"]]))


def _note(invoice: Invoice) -> str:
    return "" if invoice.charges_vat else NO_VAT


def _text(lines: list[str]) -> str:
    return "\n".join(line.strip().replace("\r\n", "\n") for line in lines if line.strip())


def _columns(invoice: Invoice, *, short: bool = False) -> list[str]:
    columns = ["Description", "Date"]
    columns += [] if short else ["Quantity", "Unit price"]
    return columns + (["VAT", "Amount"] if invoice.charges_vat else ["Amount"])


def _row(
    invoice: Invoice,
    line: InvoiceLine,
    counted: InvoiceLine | CreditNoteLine,
    *,
    short: bool = False,
) -> list[str]:
    """What the columns hold of a line; `counted` is the row whose amount is shown."""
    row = [line.description, short_date(line.supplied_on)]
    row += [] if short else [plain(line.quantity), money(line.unit_price)]
    row += [percent(cast(Decimal, counted.vat_rate))] if invoice.charges_vat else []
    return [*row, money(counted.net)]


def _sums(invoice: Invoice, totals: Totals) -> list[Detail]:
    """Net and a line for each rate of VAT; nothing above the total where there is no VAT."""
    if not invoice.charges_vat:
        return []
    rates = [
        (f"VAT at {percent(each.rate)} on {money(each.net)}", money(each.vat))
        for each in totals.rates
    ]
    return [("Net", money(totals.net)), *rates]


def _bank(invoice: Invoice) -> list[Detail]:
    seller = invoice.seller
    return [
        ("Account name", seller["bank_account_name"]),
        ("Sort code", seller["bank_sort_code"]),
        ("Account number", seller["bank_account_number"]),
        ("Reference", invoice.number),
    ]


def plain(number: Decimal) -> str:
    """1, 1.5: without zeros at the end."""
    return f"{number.normalize():f}"


def percent(rate: Decimal) -> str:
    return f"{plain(rate)}%"
