"""What stands on an invoice or a credit note: the same words and figures on page and paper."""

import hashlib
from pathlib import Path

from coaching_portal.common import documents
from coaching_portal.common.formatting import money, short_date

LAYOUT = Path(__file__).parent / "paper" / "invoice.typ"
NO_VAT = "No VAT charged: supplier not VAT registered"


def sha256(pdf):
    return hashlib.sha256(pdf).hexdigest()


def invoice_pdf(invoice):
    return documents.pdf(LAYOUT, invoice_sheet(invoice), at=invoice.issued_at)


def credit_note_pdf(note):
    # Names are those of its invoice, which may be older than the fonts: it can be credited still.
    return documents.pdf(LAYOUT, credit_note_sheet(note), at=note.issued_at, may_lack_glyphs=True)


def invoice_sheet(invoice):
    """An issued invoice in words."""
    lines = list(invoice.lines.order_by("supplied_on", "pk"))
    facts = [
        ("Invoice number", invoice.number),
        ("Issued", short_date(invoice.issued_on)),
        ("Due", short_date(invoice.due_on)),
    ]
    if invoice.purchase_order:
        facts.append(("Purchase order", invoice.purchase_order))
    return {
        "title": f"Invoice {invoice.number}",
        "number": invoice.number,
        **_parties(invoice),
        "facts": facts,
        **_table(invoice, [(line, line) for line in lines]),
        "sums": _sums(invoice, invoice.totals()),
        "total": (f"Total due by {short_date(invoice.due_on)}", money(invoice.total)),
        "how_to_pay": f"By bank transfer, quoting {invoice.number}.",
        "bank": _bank(invoice),
    }


def credit_note_sheet(note):
    """A credit note in words: what is taken off which lines of its invoice."""
    invoice = note.invoice
    lines = note.lines.select_related("invoice_line")
    lines = lines.order_by("invoice_line__supplied_on", "invoice_line__pk")
    return {
        "title": f"Credit note {note.number}",
        "number": note.number,
        **_parties(invoice),
        "facts": [
            ("Credit note number", note.number),
            ("Issued", short_date(note.issued_on)),
            ("Corrects", f"Invoice {invoice.number} of {short_date(invoice.issued_on)}"),
            ("Reason", note.reason),
        ],
        **_table(invoice, [(line.invoice_line, line) for line in lines], short=True),
        "sums": _sums(invoice, note.totals()),
        "total": ("Total credited", money(note.total)),
        "how_to_pay": "",
        "bank": [],
    }


def _parties(invoice):
    seller, buyer = invoice.seller, invoice.buyer
    lines = [seller["legal_name"], seller["address"], seller["email"], seller["phone"]]
    if seller["vat_number"]:
        lines.append(f"VAT registration {seller['vat_number']}")
    foot = [seller["legal_name"], seller["legal_form"]]
    if seller["company_number"]:
        foot.append(f"Company number {seller['company_number']}")
    return {
        "seller": {
            "name": seller["name"],
            "lines": _text(lines),
            "foot": " · ".join(filter(None, foot)),
        },
        "buyer": {"lines": _text([buyer["name"], buyer["address"]])},
        "note": "" if invoice.charges_vat else NO_VAT,
    }


def _text(lines):
    return "\n".join(line.strip().replace("\r\n", "\n") for line in lines if line.strip())


def _table(invoice, pairs, *, short=False):
    """Columns and rows; `pairs` are invoice lines and the rows whose amount is shown."""
    columns = ["Description", "Date"]
    columns += [] if short else ["Quantity", "Unit price"]
    columns += ["VAT", "Amount"] if invoice.charges_vat else ["Amount"]
    return {
        "columns": columns,
        "lines": [_row(invoice, line, counted, short) for line, counted in pairs],
    }


def _row(invoice, line, counted, short):
    row = [line.description, short_date(line.supplied_on)]
    row += [] if short else [plain(line.quantity), money(line.unit_price)]
    row += [percent(counted.vat_rate)] if invoice.charges_vat else []
    return [*row, money(counted.net)]


def _sums(invoice, totals):
    """Net and a line for each rate of VAT; nothing above the total where there is no VAT."""
    if not invoice.charges_vat:
        return []
    rates = [
        (f"VAT at {percent(each.rate)} on {money(each.net)}", money(each.vat))
        for each in totals.rates
    ]
    return [("Net", money(totals.net)), *rates]


def _bank(invoice):
    seller = invoice.seller
    return [
        ("Account name", seller["bank_account_name"]),
        ("Sort code", seller["bank_sort_code"]),
        ("Account number", seller["bank_account_number"]),
        ("Reference", invoice.number),
    ]


def plain(number):
    """1, 1.5: without zeros at the end."""
    return f"{number.normalize():f}"


def percent(rate):
    return f"{plain(rate)}%"
