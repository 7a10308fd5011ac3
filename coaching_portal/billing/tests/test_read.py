"""What a payer reads, and a stranger does not."""

import pytest
from django.urls import reverse

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW


@pytest.fixture
def issued(practice, client_user, admin_user):
    return ledger.issue_to(client_user, by=admin_user)


@pytest.fixture
def pages(issued, admin_user):
    note = actions.credit_in_full(invoice=issued, reason="Mistake", by=admin_user, at=NOW)
    return [
        reverse("billing:invoice", args=[issued.uuid]),
        reverse("billing:invoice_pdf", args=[issued.uuid]),
        reverse("billing:credit_note_pdf", args=[issued.uuid, note.uuid]),
    ]


def test_the_payer_opens_everything(pages, client_user, signed_in):
    client = signed_in(client_user)

    assert [client.get(page).status_code for page in pages] == [200] * 3
    assert "INV-2027-0001" in client.get(reverse("billing:invoices")).content.decode()


def test_a_stranger_finds_nothing(pages, stranger, signed_in):
    client = signed_in(stranger)

    assert [client.get(page).status_code for page in pages] == [404] * 3
    assert "INV-" not in client.get(reverse("billing:invoices")).content.decode()


def test_signed_out_one_is_asked_to_sign_in(pages, client):
    for page in [*pages, reverse("billing:invoices")]:
        assert client.get(page)["Location"].startswith("/account/login/")


def test_pages_change_nothing_and_are_not_kept(pages, client_user, signed_in):
    client = signed_in(client_user)

    for page in [*pages, reverse("billing:invoices")]:
        assert client.post(page).status_code == 405
        assert "no-store" in client.get(page)["Cache-Control"]


def test_a_draft_is_nobodys_to_read(practice, client_user, signed_in):
    draft = ledger.draft(Payer(user=client_user), (1, "75"))

    assert signed_in(client_user).get(draft.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("FINANCE", 200), ("SPONSOR", 200), ("TRAINING_CONTACT", 200), ("MEMBER", 404)],
)
def test_those_who_answer_for_an_organisation_read_its_invoices(
    trust, client_user, admin_user, signed_in, role, status
):
    payer = Payer(organisation=trust)
    invoice = actions.issue(invoice=ledger.draft(payer, (1, "75")), by=admin_user, at=NOW)
    trust.memberships.create(user=client_user, role=role)

    assert signed_in(client_user).get(invoice.get_absolute_url()).status_code == status


def test_the_paper_is_saved_under_its_number(issued, client_user, signed_in):
    response = signed_in(client_user).get(reverse("billing:invoice_pdf", args=[issued.uuid]))

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="INV-2027-0001.pdf"'
    assert response.content == bytes(issued.document.pdf)


@pytest.mark.parametrize("count", [1, 30])
def test_the_list_asks_as_often_for_many_as_for_one(
    practice, client_user, admin_user, signed_in, django_assert_max_num_queries, count
):
    for _ in range(count):
        ledger.issue_to(client_user, by=admin_user)
    client = signed_in(client_user)

    with django_assert_max_num_queries(8):
        client.get(reverse("billing:invoices"))


def test_a_payer_without_invoices_is_told_what_will_be_here(practice, stranger, signed_in):
    page = signed_in(stranger).get(reverse("billing:invoices")).content.decode()

    assert "Your invoices will appear here" in page
