"""What the tests of the ledger speak of: a practice that can invoice, payers, things sold."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from bookings.models import CoachingSession
from coaching_portal.billing import actions
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Invoice, InvoiceLine, Practice
from profiles.models import Organisation

# Tuesday 8 June 2027, 11:00 in London.
NOW = datetime(2027, 6, 8, 10, 0, tzinfo=UTC)
TODAY = date(2027, 6, 8)


def set_up_practice(**fields):
    details = {
        "name": "Example Practice",
        "legal_name": "Example Practice Limited",
        "address": "1 Example Road\nExampleton\nEX1 1EX",
        "bank_account_name": "Example Practice Limited",
        "bank_sort_code": "00-00-00",
        "bank_account_number": "00000000",
    }
    return Practice.objects.update_or_create(pk=1, defaults={**details, **fields})[0]


def register_for_vat(since=date(2027, 1, 1)):
    return set_up_practice(vat_number="GB000000000", vat_registered_from=since)


def make_trust(name="Example Hospitals NHS Trust", **fields):
    details = {"address": "2 Example Road\nExampleton", "payables_email": "payables@example.org"}
    return Organisation.objects.create(name=name, **{**details, **fields})


def hold_session(coach, client, *, hours_ago=48, minutes=60, price="75.00", **fields):
    """A session that was held and confirmed, `hours_ago` before NOW."""
    starts_at = NOW - timedelta(hours=hours_ago)
    ends_at = starts_at + timedelta(minutes=minutes)
    details = {
        "status": CoachingSession.Status.COMPLETED,
        "confirmed_at": ends_at,
        "rate": Decimal("75.00"),
        "price": Decimal(price),
    }
    return CoachingSession.objects.create(
        coach=coach,
        client=client,
        starts_at=starts_at,
        ends_at=ends_at,
        free_again_at=ends_at,
        **{**details, **fields},
    )


def draft(payer, *lines, at=NOW):
    """A draft with lines (quantity, unit price) or (quantity, unit price, VAT rate)."""
    invoice = Invoice.objects.create(
        user=payer.user,
        organisation=payer.organisation,
        purchase_order=payer.purchase_order,
        drafted_at=at,
    )
    for quantity, price, *rate in lines:
        InvoiceLine.objects.create(
            invoice=invoice,
            description="Individual coaching, 60 minutes, 3 June 2027",
            supplied_on=date(2027, 6, 3),
            quantity=Decimal(quantity),
            unit_price=Decimal(price),
            vat_rate=Decimal(rate[0]) if rate else None,
        )
    return invoice


def issue_to(user, *lines, by, at=NOW):
    """An issued invoice to a client, of £75.00 unless lines are given."""
    invoice = draft(Payer(user=user), *(lines or [(1, "75.00")]), at=at)
    return actions.issue(invoice=invoice, by=by, at=at)


def with_balances(invoice, on=TODAY):
    return Invoice.objects.with_balances(on).get(pk=invoice.pk)
