"""Invoicing in Chromium: the admin's guided run, and the payer who reads what came of it."""

import io
from datetime import datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from pypdf import PdfReader

from bookings import actions
from bookings.actions.booking_request import BookingRequest, Details
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.sessions import open_hours
from coaching_portal.tests.browser import WAYS, download, fill_in, follow, is_at, press, sees

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


@pytest.fixture
def forty_sessions(coach, make_user):
    """Held and confirmed, not yet billed: of 11 clients and an organisation without its number."""
    open_hours(coach)
    ledger.set_up_practice()
    service = ledger.make_trust("Example Ambulance Service", requires_purchase_order=True)
    days = count(2)
    for number in range(12):
        client = make_user(f"payer{number}@example.org", name=f"Payer {number}")
        details = Details(organisation=service) if number == 11 else Details()
        day = timezone.now().astimezone(LONDON).date() - next(days) * DAY
        for hour in range(9, 13 if number < 4 else 12):
            _hold(coach, client, datetime.combine(day, time(hour), LONDON), details)


def _hold(coach, client, starts_at, details):
    booking_request = BookingRequest(coach, starts_at, 60, outside_hours=True)
    session = actions.book(
        booking_request=booking_request,
        client=client,
        by=coach.user,
        at=starts_at - 30 * DAY,
        details=details,
    )
    actions.confirm(session=session, by=coach.user, at=session.ends_at)


def test_forty_sessions_of_twelve_payers_are_invoiced_and_pressing_twice_adds_none(
    arrive, post_office, forty_sessions, admin_user
):
    page, second = arrive(user=admin_user), arrive(user=admin_user)
    for each in (page, second):
        each.goto("/admin/")
        follow(each, "Invoice everything up to …")
        sees(each, "40 items to invoice to 12 payers, £3,000.00 in all.")
    sees(page, "Enter the purchase order number: Example Ambulance Service requires one.")
    page.get_by_role("button", name="Create selected drafts").dblclick()
    sees(page, "12 drafts made.")
    press(second, "Create selected drafts")
    sees(second, "no drafts were made")

    press(page, "Issue selected invoices")
    year = timezone.now().astimezone(LONDON).year
    sees(page, f"11 invoices issued: INV-{year}-0001 to INV-{year}-0011.", "1 not issued")
    press(second, "Issue selected invoices")
    sees(second, "1 not issued")
    assert (Invoice.objects.issued().count(), InvoiceLine.objects.count()) == (11, 40)

    page.locator(".problems a").first.click()
    fill_in(page, {"Purchase order": "AMB-7"})
    press(page, "Save", exact=True)
    page.goto("/admin/invoicing/issue/")
    press(page, "Issue selected invoices")
    sees(page, f"1 invoice issued: INV-{year}-0012.")
    _payer_reads_the_invoice(arrive, post_office)


def _payer_reads_the_invoice(arrive, post_office):
    invoice = Invoice.objects.get(user__email="payer0@example.org")
    for way in WAYS.values():
        page = arrive(user=invoice.user, **way)
        page.goto("/invoices/")
        follow(page, invoice.number)
        is_at(page, f"Invoice {invoice.number}")
        total = page.locator(".invoice-total td").inner_text()
        assert total == "£300.00"
        paper = download(page, "Download the invoice (PDF)")
        assert {total, "£75.00", invoice.number} <= set(_words_of(paper))
    (mailed,) = post_office.newest_to(invoice.user.email).iter_attachments()
    assert mailed.get_content() == paper


def _words_of(pdf):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split()
