"""Admins who press at one moment, through HTTP; and the same with the guards off."""

import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.urls import reverse

from bookings import invoicing
from bookings.models import CoachingSession
from coaching_portal.billing import billed_rows, documents, numbers
from coaching_portal.billing.actions import drafts, payments
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Allocation, Invoice, InvoiceLine, Payment
from coaching_portal.common.documents import CouldNotWrite
from coaching_portal.common.idempotency import FIELD
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY
from coaching_portal.testing.races import (
    Press,
    cookies_of,
    hold_at,
    press_at_once,
    statuses,
    without_triggers,
)

SESSIONS, DRAFTS, FAILING = 4, 12, 4

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _practice(db, time_machine):
    time_machine.move_to(NOW)
    ledger.set_up_practice()


@pytest.fixture
def admins(make_user, admin_user):
    second = make_user("ada2@example.org", name="Ada Second", is_staff=True, is_superuser=True)
    return [cookies_of(admin_user), cookies_of(second)]


def press(name, admin, *args, **form):
    return Press(reverse(name, args=args), {FIELD: str(uuid.uuid4()), **form}, admin)


# Everything sold is billed exactly once.


def runs_over_everything(coach, client, admins):
    """Each admin has the same unbilled sessions on the screen."""
    for number in range(SESSIONS):
        ledger.hold_session(coach, client, hours_ago=24 * number + 24)
    billable_items = [item.key for item in invoicing.unbilled(TODAY)]
    return [
        press("invoicing_draft", admin, until=TODAY.isoformat(), item=billable_items)
        for admin in admins
    ]


def test_two_admins_who_draft_everything_at_once_bill_it_once(
    live_server, coach, client_user, admins
):
    presses = runs_over_everything(coach, client_user, admins * 2)

    answers = press_at_once(live_server.url, presses)

    assert statuses(answers) == {302: 4}
    assert Invoice.objects.count() == 1
    assert InvoiceLine.objects.count() == SESSIONS
    assert not CoachingSession.objects.filter(invoice_line=None).exists()


def test_control_without_the_lock_two_admins_bill_it_twice(
    live_server, coach, client_user, admins, monkeypatch
):
    presses = runs_over_everything(coach, client_user, admins)
    monkeypatch.setattr(
        billed_rows, "_locked_unbilled", lambda model, keys: list(model.objects.filter(pk__in=keys))
    )
    hold_at(monkeypatch, drafts, "_line", len(presses))

    press_at_once(live_server.url, presses)

    assert InvoiceLine.objects.count() == 2 * SESSIONS


# Invoice numbers run without gaps, also where issuing fails.


def issuing_of_twelve(user, admins, monkeypatch):
    """Twelve drafts about to be issued; of each third one the PDF cannot be written."""
    waiting = [ledger.draft(Payer(user=user), (1, "75")) for _ in range(DRAFTS)]
    failing = {draft.pk for draft in waiting[::3]}
    write = documents.invoice_pdf

    def write_or_fail(invoice):
        if invoice.pk in failing:
            raise CouldNotWrite("planted")
        return write(invoice)

    monkeypatch.setattr(documents, "invoice_pdf", write_or_fail)
    return [
        press("admin:billing_invoice_issue", admins[number % 2], draft.pk)
        for number, draft in enumerate(waiting)
    ]


def numbers_issued():
    found = Invoice.objects.issued().order_by("number").values_list("number", flat=True)
    return [int(number.rsplit("-")[-1]) for number in found]


def test_numbers_have_no_gap_where_a_third_of_the_issuing_fails(
    live_server, client_user, admins, monkeypatch
):
    presses = issuing_of_twelve(client_user, admins, monkeypatch)

    answers = press_at_once(live_server.url, presses)

    assert statuses(answers) == {302: DRAFTS - FAILING, 200: FAILING}
    assert numbers_issued() == list(range(1, DRAFTS - FAILING + 1))


def test_control_numbers_of_a_sequence_have_gaps(live_server, client_user, admins, monkeypatch):
    def take_from_sequence(prefix, year):
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('numbers_of_control')")
            return f"{prefix}-{year}-{cursor.fetchone()[0]:04d}"

    presses = issuing_of_twelve(client_user, admins, monkeypatch)
    monkeypatch.setattr(numbers, "take", take_from_sequence)
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE numbers_of_control")

    with without_triggers(Invoice):
        press_at_once(live_server.url, presses)

    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE numbers_of_control")
    assert len(numbers_issued()) == DRAFTS - FAILING
    assert numbers_issued() != list(range(1, DRAFTS - FAILING + 1))


# An invoice is not paid twice.


def payments_of_the_rest(user, admins, by):
    """An invoice of £100.00, and each admin about to enter £100.00 for it."""
    invoice = ledger.issue_to(user, (1, "100.00"), by=by)
    came = {"amount": "100.00", "received_on": "2027-06-07", "method": "CASH"}
    return invoice, [
        press("admin:billing_invoice_pay", admin, invoice.pk, **came) for admin in admins
    ]


def paid_for(invoice):
    live = Allocation.objects.live().filter(invoice=invoice)
    return live.aggregate(paid=Sum("amount"))["paid"]


def test_four_payments_of_the_rest_at_once_pay_it_once(
    live_server, client_user, admin_user, admins
):
    invoice, presses = payments_of_the_rest(client_user, admins * 2, admin_user)

    answers = press_at_once(live_server.url, presses)

    assert set(statuses(answers)) <= {302, 200}
    assert paid_for(invoice) == Decimal("100.00")
    # Whoever came late is refused, or has seen that nothing is outstanding: money to be used.
    unallocated = Payment.objects.with_unallocated().filter(unallocated=Decimal(100)).count()
    assert Payment.objects.count() == 1 + unallocated == statuses(answers)[302]


def test_control_without_the_lock_it_is_paid_twice(
    live_server, client_user, admin_user, admins, monkeypatch
):
    invoice, presses = payments_of_the_rest(client_user, admins, admin_user)
    monkeypatch.setattr(
        payments, "_lock_invoice", lambda invoice, at: ledger.with_balances(invoice)
    )
    hold_at(monkeypatch, payments, "_refuse_unless_left", len(presses))

    with without_triggers(Allocation):
        press_at_once(live_server.url, presses)

    assert paid_for(invoice) == Decimal("200.00")
