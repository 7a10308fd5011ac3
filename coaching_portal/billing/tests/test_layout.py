"""How documents break into pages: totals stay with their last line."""

import io
from dataclasses import replace

import pypdf
import pytest

from coaching_portal.billing import documents
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW


def pages(pdf):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.fixture
def sheet(practice, client_user, admin_user):
    """sheet(14): an issued invoice in words, with so many lines; `short`: a credit note's."""
    ledger.register_for_vat()
    invoice = ledger.issue_to(client_user, by=admin_user)
    shown = documents.invoice_sheet(invoice)

    def make(number, *, short=False):
        row, columns = shown.lines[0], shown.columns
        if short:
            row, columns = [*row[:2], *row[-2:]], [*columns[:2], *columns[-2:]]
        lines = [[f"Line{line:03}", *row[1:]] for line in range(number)]
        return replace(shown, columns=columns, lines=lines, bank=[] if short else shown.bank)

    return make


# Around the first page's break, and the second's.
AROUND = [1, *range(12, 26), *range(44, 58)]


@pytest.mark.parametrize("short", [False, True])
@pytest.mark.parametrize("number", AROUND)
def test_totals_stay_with_their_last_line(sheet, number, short):
    pdf = documents.draw(sheet(number, short=short), at=NOW)

    [last] = [page for page in pages(pdf) if f"Line{number - 1:03}" in page]
    for words in ("Net", "VAT at 20%", "Total due by"):
        assert words in last
    assert "".join(pages(pdf)).count("Total due by") == 1
    pay = [page for page in pages(pdf) if "How to pay" in page]
    assert ["Reference" in page for page in pay] == ([] if short else [True])


def test_every_line_is_there_once_and_the_columns_are_named_on_each_page(sheet):
    shown = pages(documents.draw(sheet(60), at=NOW))

    for line in range(60):
        assert sum(f"Line{line:03}" in page for page in shown) == 1
    assert all("Description" in page for page in shown if "Line0" in page)
