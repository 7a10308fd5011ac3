"""The example's ledger: invoices in every state, and a run that waits to be made."""

import pytest
from django.utils import timezone

from bookings import invoicing
from coaching_portal.billing.billable_items import by_payer
from coaching_portal.billing.issue_checks import problems_of_payer
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.common.dates import london_date
from coaching_portal.example_data import billing, people


@pytest.fixture
def loaded(db):
    at = timezone.now()
    people.load(at)
    billing.load(at)
    return at


def test_a_run_of_forty_things_and_twelve_payers_waits(loaded):
    billable_items = invoicing.unbilled(london_date(loaded))

    payers = by_payer(billable_items)
    assert (len(billable_items), len(payers)) == (40, 12)
    found = [problems_of_payer(payer, Practice.current(), london_date(loaded)) for payer in payers]
    assert sum(map(bool, found)) == 1


def test_there_are_invoices_in_every_state(loaded):
    states = {invoice.state for invoice in Invoice.objects.with_balances(london_date(loaded))}

    assert states == {"Paid", "Part paid, overdue", "Overdue", "Credited", "Due", "Draft"}


def test_loading_it_again_adds_nothing(loaded):
    before = Invoice.objects.count()

    billing.load(loaded)

    assert Invoice.objects.count() == before
