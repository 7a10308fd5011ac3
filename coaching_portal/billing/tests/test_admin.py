"""The ledger in Django admin: drafts are edited, what is issued is shown, each act asks first."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY

LIST = "admin:billing_invoice_changelist"


@pytest.fixture
def admin(admin_user, signed_in, time_machine):
    time_machine.move_to(NOW)
    return signed_in(admin_user)


@pytest.fixture
def draft(practice, client_user):
    return ledger.draft(Payer(user=client_user), (1, "75.00"))


@pytest.fixture
def issued(practice, client_user, admin_user):
    return ledger.issue_to(client_user, (1, "100.00"), by=admin_user)


def page(name, row):
    return reverse(f"admin:billing_{name}", args=[row.pk])


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def test_the_practice_is_one_form(admin, practice):
    response = admin.get(reverse("admin:billing_practice_changelist"), follow=True)

    assert response.redirect_chain[0][0] == page("practice_change", practice)
    assert "Account number" in text(response).title() or "account number" in text(response).lower()
    assert admin.get(reverse("admin:billing_practice_add")).status_code == 403


def test_a_vat_number_without_its_date_is_refused_in_words(admin, practice):
    form = admin.get(page("practice_change", practice)).context["adminform"].form
    values = {name: value or "" for name, value in form.initial.items()}

    response = admin.post(
        page("practice_change", practice), {**values, "vat_number": "GB000000000"}
    )

    assert "Enter both the VAT registration number and its date" in text(response)
    assert Practice.current().vat_number == ""


def test_the_list_shows_states_and_what_is_outstanding_by_age(admin, issued, draft):
    shown = text(admin.get(reverse(LIST)))

    assert "INV-2027-0001" in shown
    assert "£75.00 before VAT" in shown
    assert "In all" in shown
    assert "£100.00" in shown


@pytest.mark.parametrize(
    ("state", "found"), [("draft", 1), ("due", 1), ("settled", 1), ("overdue", 0)]
)
def test_the_list_is_filtered_by_state(admin, issued, draft, client_user, admin_user, state, found):
    credited = ledger.issue_to(client_user, by=admin_user)
    actions.credit_in_full(invoice=credited, reason="Mistake", by=admin_user, at=NOW)

    response = admin.get(reverse(LIST), {"state": state})

    assert response.context["cl"].result_count == found


def test_the_list_is_searched_by_number_and_payer(admin, issued, draft):
    for words in ("INV-2027-0001", "Cleo", "client@example.org"):
        assert admin.get(reverse(LIST), {"q": words}).context["cl"].result_count >= 1
    assert admin.get(reverse(LIST), {"q": "nobody"}).context["cl"].result_count == 0


def test_the_list_asks_as_often_for_500_as_for_10(
    admin,
    practice,
    client_user,
    admin_user,
    django_assert_num_queries,
    django_assert_max_num_queries,
):
    for _ in range(10):
        ledger.issue_to(client_user, by=admin_user)
    with django_assert_max_num_queries(16) as few:
        admin.get(reverse(LIST))
    Invoice.objects.bulk_create(Invoice(user=client_user, drafted_at=NOW) for _ in range(490))

    with django_assert_num_queries(len(few)):
        admin.get(reverse(LIST))


def test_a_draft_can_be_edited(admin, draft):
    line = draft.lines.get()
    values = {
        "user": draft.user_id,
        "organisation": "",
        "purchase_order": "",
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 1,
        "lines-0-id": line.pk,
        "lines-0-invoice": draft.pk,
        "lines-0-description": "Individual coaching, 3 June 2027",
        "lines-0-supplied_on": "2027-06-03",
        "lines-0-quantity": "1.5",
        "lines-0-unit_price": "75.00",
        "lines-0-vat_rate": "",
    }

    assert admin.post(page("invoice_change", draft), values).status_code == 302

    line.refresh_from_db()
    assert line.net == Decimal("112.50")


def test_an_issued_invoice_is_only_shown(admin, issued):
    response = admin.get(page("invoice_change", issued))

    assert not response.context["has_change_permission"]
    assert not response.context["has_delete_permission"]
    assert "_save" not in response.content.decode()
    assert admin.post(page("invoice_change", issued), {"purchase_order": "X"}).status_code == 403
    assert admin.post(page("invoice_delete", issued), {"post": "yes"}).status_code == 403


def test_a_draft_that_was_issued_while_its_page_was_open_is_left_alone(
    admin, draft, admin_user, monkeypatch
):
    from coaching_portal.billing.admin import InvoiceAdmin

    monkeypatch.setattr(InvoiceAdmin, "has_change_permission", lambda *args: True)
    actions.issue(invoice=draft, by=admin_user, at=NOW)
    monkeypatch.setattr(Invoice, "is_issued", False)
    values = {
        "user": draft.user_id,
        "purchase_order": "",
        "lines-TOTAL_FORMS": 0,
        "lines-INITIAL_FORMS": 0,
    }

    response = admin.post(page("invoice_change", draft), values)

    assert response.status_code == 302
    assert Invoice.objects.get().number == "INV-2027-0001"


def test_a_draft_is_deleted_after_a_question(admin, draft):
    assert admin.get(page("invoice_delete", draft)).status_code == 200
    assert Invoice.objects.exists()

    admin.post(page("invoice_delete", draft), {"post": "yes"})

    assert not Invoice.objects.exists()


def test_there_is_no_bulk_deletion(admin, issued):
    admin.post(
        reverse(LIST),
        {"action": "delete_selected", "_selected_action": issued.pk, "post": "yes"},
    )

    assert Invoice.objects.exists()


def test_issuing_asks_first(admin, draft, client_user):
    asked = text(admin.get(page("invoice_issue", draft)))
    assert "Cleo Client" in asked
    assert not Invoice.objects.issued().exists()

    response = admin.post(page("invoice_issue", draft), follow=True)

    assert "INV-2027-0001 has been issued" in text(response)


def test_a_refusal_to_issue_says_why_and_where_to_mend_it(admin, draft, practice):
    ledger.set_up_practice(bank_sort_code="")

    response = admin.post(page("invoice_issue", draft))

    assert "lack: sort code" in text(response)
    assert page("practice_change", practice) in response.content.decode()
    assert not Invoice.objects.issued().exists()


def test_all_pages_open_for_an_admin_and_not_for_others(admin, issued, draft, admin_user, stranger):
    note = actions.credit(
        invoice=issued,
        amounts={issued.lines.get(): Decimal(10)},
        reason="Agreed",
        by=admin_user,
        at=NOW,
    )
    payment = actions.record_payment(
        payer=issued.payer,
        amount=Decimal(20),
        received_on=TODAY,
        method="CASH",
        by=admin_user,
        at=NOW,
        allocate_to=[(issued, Decimal(20))],
    )
    pages = [
        reverse("admin:billing_invoice_add"),
        reverse("admin:billing_creditnote_changelist"),
        reverse("admin:billing_payment_changelist"),
        reverse("admin:billing_payment_add"),
        page("invoice_change", draft),
        page("invoice_change", issued),
        page("creditnote_change", note),
        page("payment_change", payment),
        page("invoice_pdf", issued),
        page("creditnote_pdf", note),
        page("invoice_send_again", issued),
        page("payment_allocate", payment),
        page("payment_reverse_payment", payment),
        page("payment_remove_allocation", payment.allocations.get()),
        reverse("admin:billing_invoice_accountant"),
        reverse("invoicing"),
        reverse("invoicing_issue"),
    ]
    assert [(address, admin.get(address).status_code) for address in pages] == [
        (address, 200) for address in pages
    ]

    stranger.is_staff = True
    stranger.save()
    admin.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert {admin.get(address).status_code for address in pages} == {403}
    admin.logout()
    assert {admin.get(address).status_code for address in pages} == {302}


def test_the_csv_file_is_downloaded_for_a_period(admin, issued):
    address = reverse("admin:billing_invoice_accountant")

    response = admin.get(address, {"since": "2027-06-01", "until": "2027-06-30"})
    assert response["Content-Type"].startswith("text/csv")
    assert "INV-2027-0001" in response.content.decode()
    wrong = admin.get(address, {"since": "2027-06-30", "until": "2027-06-01"})

    assert "not before the first" in text(wrong)
