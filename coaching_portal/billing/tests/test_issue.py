import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pypdf
import pytest

from coaching_portal.billing import actions, documents
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, NumberSeries
from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW


def paper(document):
    pages = pypdf.PdfReader(io.BytesIO(bytes(document.pdf))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_an_issued_invoice_has_a_number_dates_and_its_paper(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, (1, "112.50"), by=admin_user)

    assert invoice.number == "INV-2027-0001"
    assert (invoice.issued_on, invoice.due_on) == (date(2027, 6, 8), date(2027, 6, 22))
    assert invoice.total == Decimal("112.50")
    text = paper(invoice.document)
    for words in ("Invoice INV-2027-0001", "£112.50", "22 June 2027", "00-00-00", "Cleo Client"):
        assert words in text
    assert "No VAT charged: supplier not VAT registered" in text
    assert b"pdfuaid" in bytes(invoice.document.pdf)


def test_an_organisation_has_payment_terms_of_its_own(trust, admin_user):
    trust.payment_terms_days = 45
    trust.save()

    invoice = actions.issue(
        invoice=ledger.draft(Payer(organisation=trust), (1, "75")), by=admin_user, at=NOW
    )

    assert invoice.due_on == date(2027, 7, 23)


def test_numbers_start_again_with_the_year_in_london(practice, client_user, admin_user):
    last = datetime(2027, 12, 31, 23, 59, tzinfo=UTC)
    midnight = datetime(2028, 1, 1, 0, 0, tzinfo=UTC)

    numbers = [
        ledger.issue_to(client_user, by=admin_user, at=at).number
        for at in (last, last, midnight, midnight)
    ]

    assert numbers == ["INV-2027-0001", "INV-2027-0002", "INV-2028-0001", "INV-2028-0002"]


def test_the_day_of_issue_is_londons(practice, client_user, admin_user):
    late_in_summer = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)

    invoice = ledger.issue_to(client_user, by=admin_user, at=late_in_summer)

    assert invoice.issued_on == date(2027, 7, 1)


def test_vat_is_rounded_once_a_rate_on_page_and_paper_alike(
    practice, client_user, admin_user, signed_in
):
    ledger.register_for_vat()

    invoice = ledger.issue_to(client_user, (3, "93.75"), (3, "33.33"), by=admin_user)

    assert (invoice.net, invoice.vat, invoice.total) == (
        Decimal("381.24"),
        Decimal("76.25"),
        Decimal("457.49"),
    )
    page = signed_in(client_user).get(invoice.get_absolute_url()).content.decode()
    for words in ("£381.24", "£76.25", "£457.49", "VAT at 20%"):
        assert words in page
        assert words in paper(invoice.document)
    assert "GB000000000" in paper(invoice.document)
    assert "No VAT charged" not in page


@pytest.mark.parametrize(("days", "vat"), [(-1, "0.00"), (0, "15.00")])
def test_vat_begins_with_the_day_of_registration(practice, client_user, admin_user, days, vat):
    ledger.register_for_vat(since=date(2027, 6, 8))

    invoice = ledger.issue_to(client_user, by=admin_user, at=NOW + timedelta(days=days))

    assert invoice.vat == Decimal(vat)


def test_a_line_may_have_a_rate_of_its_own(practice, client_user, admin_user):
    ledger.register_for_vat()

    invoice = ledger.issue_to(
        client_user, (1, "100", "20"), (1, "100", "0"), (1, "9.99", "5"), by=admin_user
    )

    assert [(each.rate, each.vat) for each in invoice.totals().rates] == [
        (Decimal(0), Decimal("0.00")),
        (Decimal(5), Decimal("0.50")),
        (Decimal(20), Decimal("20.00")),
    ]


@pytest.mark.parametrize(
    ("purchase_order", "reason"),
    [
        ("", "NHS Trust requires one"),
        ("PO-12345", "PO- and six digits"),
        ("XPO-123456", "PO- and six digits"),
        ("PO-123456X", "PO- and six digits"),
    ],
)
def test_without_the_purchase_order_no_number_is_taken(trust, admin_user, purchase_order, reason):
    trust.requires_purchase_order = True
    trust.purchase_order_mask = "PO-999999"
    trust.purchase_order_hint = "PO- and six digits"
    trust.save()
    payer = Payer(organisation=trust, purchase_order=purchase_order)

    with pytest.raises(actions.NotReady, match=reason):
        actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)

    assert not NumberSeries.objects.filter(last__gt=0).exists()


def test_with_the_purchase_order_it_is_issued(trust, admin_user):
    trust.requires_purchase_order = True
    trust.purchase_order_mask = "PO-999999"
    trust.save()
    payer = Payer(organisation=trust, purchase_order="PO-123456")

    invoice = actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)

    assert "PO-123456" in paper(invoice.document)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"is_checked": False}, "Check the details"),
        ({"purchase_order_mask": "PO-99"}, "in the form that"),
    ],
)
def test_an_organisation_that_is_not_ready_is_refused(practice, admin_user, facts, reason):
    payer = Payer(organisation=ledger.make_trust(**facts), purchase_order="PO-1")

    with pytest.raises(actions.NotReady, match=reason):
        actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)


def test_an_address_is_needed_with_vat_only(practice, admin_user):
    payer = Payer(organisation=ledger.make_trust(address=""))
    actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)
    ledger.register_for_vat()

    with pytest.raises(actions.NotReady, match="no address"):
        actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)


@pytest.mark.parametrize("missing", ["legal_name", "address", "bank_sort_code"])
def test_a_practice_without_its_details_issues_nothing(db, client_user, admin_user, missing):
    practice = ledger.set_up_practice(**{missing: ""})

    with pytest.raises(actions.NotReady) as refusal:
        ledger.issue_to(client_user, by=admin_user)

    assert refusal.value.problems[0].about == practice


def test_an_empty_draft_and_an_issued_invoice_are_refused(practice, client_user, admin_user):
    empty = ledger.draft(Payer(user=client_user))
    issued = ledger.issue_to(client_user, by=admin_user)

    with pytest.raises(actions.NotReady, match="no lines"):
        actions.issue(invoice=empty, by=admin_user, at=NOW)
    with pytest.raises(actions.AlreadyIssued, match="INV-2027-0001"):
        actions.issue(invoice=issued, by=admin_user, at=NOW)


def test_a_deleted_draft_leaves_no_hole(practice, client_user, admin_user):
    ledger.issue_to(client_user, by=admin_user)
    actions.delete_draft(invoice=ledger.draft(Payer(user=client_user), (1, "75")))

    assert ledger.issue_to(client_user, by=admin_user).number == "INV-2027-0002"


def test_an_issued_invoice_is_not_deleted(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)

    with pytest.raises(actions.NotADraft, match="credit it"):
        actions.delete_draft(invoice=invoice)


def test_a_paper_that_cannot_be_written_gives_the_number_back(
    practice, client_user, admin_user, monkeypatch, tmp_path
):
    ledger.issue_to(client_user, by=admin_user)
    broken = tmp_path / "broken.typ"
    broken.write_text("#this-is-not-known")

    monkeypatch.setattr(documents, "LAYOUT", broken)
    with pytest.raises(CouldNotWrite, match="unknown variable"):
        ledger.issue_to(client_user, by=admin_user)
    monkeypatch.undo()

    assert Invoice.objects.issued().count() == 1
    assert ledger.issue_to(client_user, by=admin_user).number == "INV-2027-0002"


def test_the_paper_stays_when_the_customers_address_changes(trust, admin_user, signed_in):
    invoice = actions.issue(
        invoice=ledger.draft(Payer(organisation=trust), (1, "75")), by=admin_user, at=NOW
    )
    client = signed_in(admin_user)
    trust.memberships.create(user=admin_user, role="FINANCE")
    address = f"{invoice.get_absolute_url()[:-1]}.pdf"
    before = client.get(address).content

    trust.name, trust.address = "Another Trust", "9 Elsewhere Street"
    trust.save()

    assert client.get(address).content == before
    assert "2 Example Road" in client.get(invoice.get_absolute_url()).content.decode()
    assert documents.sha256(before) == invoice.document.sha256


@pytest.mark.parametrize("name", ["Łucja Őry", "Γιώργος", "مريم", "山田太郎", "<b>&#x202e;#h(1)"])
def test_a_name_in_any_script_makes_a_paper(practice, make_user, admin_user, name):
    user = make_user(name=name)

    invoice = ledger.issue_to(user, by=admin_user)

    assert bytes(invoice.document.pdf).startswith(b"%PDF")


def test_the_client_is_told_once(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)

    message = OutgoingMessage.objects.get()
    assert (message.kind, message.subject_uuid) == ("invoice-issued", invoice.uuid)
    assert (message.recipient, message.due_at) == (client_user, NOW)


def test_an_organisation_is_told_at_its_payables_address(trust, admin_user):
    actions.issue(invoice=ledger.draft(Payer(organisation=trust), (1, "75")), by=admin_user, at=NOW)

    assert OutgoingMessage.objects.get().address == "payables@example.org"


def test_without_a_payables_address_those_who_see_to_payment_are_told(
    trust, admin_user, client_user, stranger
):
    trust.payables_email = ""
    trust.save()
    trust.memberships.create(user=client_user, role="FINANCE")
    trust.memberships.create(user=stranger, role="MEMBER")

    actions.issue(invoice=ledger.draft(Payer(organisation=trust), (1, "75")), by=admin_user, at=NOW)

    assert OutgoingMessage.objects.get().recipient == client_user


def test_an_invoice_can_be_sent_again(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)

    actions.send_again(invoice=invoice, at=NOW + timedelta(days=1))

    assert OutgoingMessage.objects.count() == 2
