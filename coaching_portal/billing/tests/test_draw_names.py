"""Names in any script are drawn; what no font can draw is named before a number is taken."""

import io
from decimal import Decimal

import pypdf
import pytest

from coaching_portal.billing import actions, documents, invoicing_run
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import CreditNote, Invoice, NumberSeries
from coaching_portal.common import glyphs
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW

NAMES = [
    "王小明",
    "Αθηνά",
    "محمد",
    "נועה",
    "Łukasz Đặng",
    "Иван",
    "अमित",
    "김민준",
    "ながい",
    "O’Neill",
    "E\u0301lodie Vie\u0323\u0302t",
]
JAVANESE = "ꦗ"


def fonts(pdf):
    found = pypdf.PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].values()
    return " ".join(str(font.get_object()["/BaseFont"]) for font in found)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_any_script_are_drawn(practice, make_user, admin_user, name):
    client = make_user("name@example.org", name=name)

    invoice = ledger.issue_to(client, by=admin_user)

    assert glyphs.without_glyph(name) == []
    note = actions.credit_in_full(invoice=invoice, reason=name, by=admin_user, at=NOW)
    for issued in (invoice, note):
        assert ".notdef" not in fonts(bytes(issued.document.pdf))
        # The mark of PDF/UA, which no document has that lacks a glyph.
        assert b"pdfuaid" in bytes(issued.document.pdf)


@pytest.mark.parametrize("where", ["customer", "line", "practice"])
def test_a_character_without_a_glyph_is_named_and_takes_no_number(
    practice, make_user, client_user, admin_user, where
):
    client = make_user("j@example.org", name=f"Jo {JAVANESE}") if where == "customer" else None
    draft = ledger.draft(Payer(user=client or client_user), (1, "75.00"))
    usual = ledger.draft(Payer(user=client_user), (1, "75.00"))
    if where == "line":
        draft.lines.update(description=f"Coaching {JAVANESE}")
    if where == "practice":
        ledger.set_up_practice(legal_name=f"Example {JAVANESE}")

    result = invoicing_run.issue_all(invoices=[draft, usual], by=admin_user, at=NOW)

    reasons = [str(problem) for problem in result.refused[0][1]]
    assert "“ꦗ” (U+A997, JAVANESE LETTER JA)" in " ".join(reasons)
    issued = list(Invoice.objects.issued())
    assert issued == ([] if where == "practice" else [usual])
    assert NumberSeries.objects.filter(last__gt=len(issued)).count() == 0


def test_a_reason_that_cannot_be_drawn_is_refused(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)

    with pytest.raises(actions.CreditRefused, match="U\\+A997"):
        actions.credit(
            invoice=invoice,
            amounts={invoice.lines.get(): Decimal(1)},
            reason=JAVANESE,
            by=admin_user,
            at=NOW,
        )
    assert not CreditNote.objects.exists()


def test_an_older_invoice_with_such_a_name_can_be_credited(
    practice, client_user, admin_user, monkeypatch
):
    client_user.name = f"Jo {JAVANESE}"
    client_user.save()
    with monkeypatch.context() as before:
        before.setattr(glyphs, "without_glyph", lambda text: [])
        before.setattr(documents.documents, "NO_GLYPH", "nothing")
        invoice = ledger.issue_to(client_user, by=admin_user)

    note = actions.credit_in_full(invoice=invoice, reason="Mistake", by=admin_user, at=NOW)

    assert bytes(note.document.pdf).startswith(b"%PDF")


def test_signs_that_are_not_drawn_are_not_missed():
    assert glyphs.without_glyph("Ann\u200d\u00a0Lee\r\n\tÉ E\u0301 ❤\ufe0f") == []
    assert glyphs.without_glyph(f"a{JAVANESE}b{JAVANESE}") == [JAVANESE]
