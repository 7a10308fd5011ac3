"""Sums beyond what a column holds are refused with the largest sum that is possible."""

from decimal import Decimal

import pytest
from django.urls import reverse

from bookings import invoicing
from bookings.models import CoachingSession
from coaching_portal.billing import actions, invoicing_run
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.forms import CreditForm, PaymentForm
from coaching_portal.billing.models import Invoice, InvoiceLine, NumberSeries, Payment
from coaching_portal.billing.tests.test_admin import page, text
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from profiles.models import Coach
from training.models import Course

LARGEST = "£99,999,999.99"


@pytest.fixture
def admin(admin_user, signed_in, time_machine):
    time_machine.move_to(NOW)
    return signed_in(admin_user)


def lines(draft, *typed):
    """The form of a draft with new lines (quantity, unit price)."""
    values = {
        "user": draft.user_id,
        "organisation": "",
        "purchase_order": "",
        "lines-TOTAL_FORMS": len(typed),
        "lines-INITIAL_FORMS": 0,
    }
    for number, (quantity, price) in enumerate(typed):
        line = {
            "description": "Coaching",
            "supplied_on": "2027-06-03",
            "quantity": quantity,
            "unit_price": price,
            "vat_rate": "",
        }
        values |= {f"lines-{number}-{name}": value for name, value in line.items()}
    return values


@pytest.fixture
def draft(practice, client_user):
    return ledger.draft(Payer(user=client_user))


@pytest.mark.parametrize(
    "typed",
    [
        [("1", "100000000.00")],
        [("2", "50000000.00")],
        [("1", "99999999.99"), ("1", "99999999.99")],
    ],
)
def test_lines_that_do_not_fit_are_refused_in_the_form(admin, draft, typed):
    response = admin.post(page("invoice_change", draft), lines(draft, *typed))

    assert response.status_code == 200
    assert LARGEST in text(response)
    assert not InvoiceLine.objects.exists()


def test_the_largest_sum_is_taken_and_issued(admin, draft):
    assert admin.post(
        page("invoice_change", draft), lines(draft, ("1", "99999999.99"))
    ).status_code in (200, 302)
    admin.post(page("invoice_issue", draft))

    assert Invoice.objects.get().total == Decimal("99999999.99")


def test_a_total_that_does_not_fit_is_not_issued_and_the_others_are(
    practice, client_user, admin_user
):
    ledger.register_for_vat()
    payer = Payer(user=client_user)
    too_large = ledger.draft(payer, (1, "99999999.99"))
    usual = ledger.draft(payer, (1, "75.00"))

    result = invoicing_run.issue_all(invoices=[too_large, usual], by=admin_user, at=NOW)

    assert [invoice.pk for invoice in result.issued] == [usual.pk]
    [(refused, [problem])] = result.refused
    assert refused == too_large
    assert str(problem) == (
        f"It comes to £119,999,999.99. An invoice can come to {LARGEST} at most."
    )
    assert NumberSeries.objects.get().last == 1


def test_a_charge_that_no_line_can_hold_is_left_out_of_the_run(
    admin,
    practice,
    coach,
    client_user,
    make_user,
    monkeypatch,
):
    ledger.hold_session(coach, client_user, price="99999999.99")
    other = ledger.hold_session(coach, make_user("other@example.org"), hours_ago=72)
    usual = invoicing.billable_item

    def twice(session):
        item = usual(session)
        if session.pk != other.pk:
            object.__setattr__(item, "quantity", Decimal(2))
        return item

    monkeypatch.setattr(invoicing, "billable_item", twice)
    assert LARGEST in text(admin.get(reverse("invoicing"), {"until": TODAY.isoformat()}))
    keys = [f"session:{session.uuid}" for session in CoachingSession.objects.all()]

    response = admin.post(
        reverse("invoicing_draft"), {"until": TODAY.isoformat(), "item": keys}, follow=True
    )

    assert f"A line of an invoice can come to {LARGEST} at most." in text(response)
    assert [line.net for line in InvoiceLine.objects.all()] == [Decimal("75.00")]


@pytest.mark.parametrize("amount", ["100000000.00", "1e30", "99999999999999999999999999.99"])
def test_forms_of_money_name_the_largest_sum(amount):
    values = {"amount": amount, "received_on": "2027-06-08", "method": "CASH"}

    assert PaymentForm(values).errors == {"amount": [f"Enter {LARGEST} or less."]}
    assert "amount" not in PaymentForm({**values, "amount": "99999999.99"}).errors


def test_a_credit_names_what_is_left(practice, client_user, admin_user):
    invoice = ledger.issue_to(client_user, by=admin_user)
    line = invoice.lines.get()

    form = CreditForm(
        {f"line_{line.pk}": "1e30"}, left=actions.left_to_credit(invoice), proposed={}
    )

    assert form.errors[f"line_{line.pk}"] == ["Enter £75.00 or less."]


def test_a_payment_that_does_not_fit_is_refused(practice, client_user, admin_user):
    with pytest.raises(actions.PaymentRefused, match=LARGEST):
        actions.record_payment(
            payer=Payer(user=client_user),
            amount=Decimal("100000000.00"),
            received_on=TODAY,
            method="CASH",
            by=admin_user,
            at=NOW,
        )
    assert not Payment.objects.exists()


@pytest.mark.parametrize(
    ("model", "field", "largest"),
    [
        (Course, "price", LARGEST),
        (Course, "group_price", LARGEST),
        (Coach, "hourly_rate", "£999,999.99"),
    ],
)
def test_prices_and_rates_name_the_largest_sum(model, field, largest):
    form_field = model._meta.get_field(field).formfield()

    with pytest.raises(Exception, match=f"Enter {largest} or less"):
        form_field.clean("100000000.00")
