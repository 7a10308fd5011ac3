from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bookings import invoicing
from bookings.models import CoachingSession
from coaching_portal.billing import actions, invoicing_run
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.testing.factories import ledger
from coaching_portal.testing.factories.ledger import NOW, TODAY

Status = CoachingSession.Status


def make_drafts(by, until=TODAY):
    return invoicing_run.make_drafts(read=lambda: invoicing.unbilled(until), by=by, at=NOW)


def test_sessions_become_lines_in_neutral_words(practice, coach, client_user, admin_user):
    ledger.hold_session(coach, client_user, hours_ago=24 * 5, minutes=90, price="112.50")
    ledger.hold_session(
        coach, client_user, hours_ago=72, status=Status.CANCELLED_LATE, confirmed_at=None
    )
    ledger.hold_session(coach, client_user, hours_ago=48, status=Status.NO_SHOW)

    (draft,) = make_drafts(admin_user)

    assert list(draft.lines.order_by("pk").values_list("description", flat=True)) == [
        "Individual coaching, 90 minutes, 3 June 2027",
        "Individual coaching, 5 June 2027, cancelled late",
        "Individual coaching, 6 June 2027, not attended",
    ]
    assert sum(line.net for line in draft.lines.all()) == Decimal("262.50")


@pytest.mark.parametrize(
    "fields",
    [
        {"confirmed_at": None},
        {"status": Status.BOOKED},
        {"status": Status.CANCELLED},
        {"status": Status.HELD, "held_until": NOW},
        {"waived_at": NOW},
        {"price": "0.00", "kind": "INTRODUCTION"},
    ],
)
def test_what_is_not_owed_is_not_charged(practice, coach, client_user, fields):
    ledger.hold_session(coach, client_user, **fields)

    assert invoicing.unbilled(TODAY) == []


def test_up_to_a_date_includes_that_date_in_london(practice, coach, client_user):
    half_past_midnight = datetime(2027, 6, 6, 23, 30, tzinfo=UTC)
    ledger.hold_session(
        coach, client_user, hours_ago=(NOW - half_past_midnight) / timedelta(hours=1)
    )

    assert invoicing.unbilled(date(2027, 6, 6)) == []
    (item,) = invoicing.unbilled(date(2027, 6, 7))
    assert item.supplied_on == date(2027, 6, 7)


def test_each_payer_and_purchase_order_gets_a_draft(
    practice, trust, coach, client_user, stranger, admin_user
):
    for number, fields in enumerate(
        [
            {"client": client_user},
            {"client": stranger},
            {"client": client_user, "organisation": trust, "purchase_order": "PO-1"},
            {"client": stranger, "organisation": trust, "purchase_order": "PO-1"},
            {"client": stranger, "organisation": trust, "purchase_order": "PO-2"},
        ]
    ):
        ledger.hold_session(coach, hours_ago=24 * number + 24, **fields)

    drafts = make_drafts(admin_user)

    assert sorted((str(d), d.purchase_order, d.lines.count()) for d in drafts) == [
        ("Draft for Cleo Client", "", 1),
        ("Draft for Example Hospitals NHS Trust", "PO-1", 2),
        ("Draft for Example Hospitals NHS Trust", "PO-2", 1),
        ("Draft for Stan Stranger", "", 1),
    ]


def test_nothing_is_drafted_twice(practice, coach, client_user, admin_user):
    ledger.hold_session(coach, client_user)
    billable_items = invoicing.unbilled(TODAY)
    payer = billable_items[0].payer

    actions.draft_invoice(
        payer=payer, billable_items=[*billable_items, *billable_items], by=admin_user, at=NOW
    )
    with pytest.raises(actions.NothingToInvoice):
        actions.draft_invoice(payer=payer, billable_items=billable_items, by=admin_user, at=NOW)

    assert make_drafts(admin_user) == []
    assert InvoiceLine.objects.count() == 1


def test_what_has_changed_since_it_was_read_is_left_for_the_next_run(
    practice, coach, client_user, admin_user
):
    ledger.hold_session(coach, client_user)
    billable_items = invoicing.unbilled(TODAY)
    CoachingSession.objects.update(waived_at=NOW)

    with pytest.raises(actions.NothingToInvoice):
        actions.draft_invoice(
            payer=billable_items[0].payer, billable_items=billable_items, by=admin_user, at=NOW
        )
    assert not Invoice.objects.exists()


def test_a_deleted_draft_can_be_made_again(practice, coach, client_user, admin_user):
    ledger.hold_session(coach, client_user)
    (draft,) = make_drafts(admin_user)

    actions.delete_draft(invoice=draft)

    assert len(make_drafts(admin_user)) == 1


def test_a_waived_charge_leaves_its_draft(practice, coach, client_user, admin_user):
    first = ledger.hold_session(coach, client_user)
    second = ledger.hold_session(coach, client_user, hours_ago=72)
    make_drafts(admin_user)

    first.refresh_from_db()
    assert actions.remove_from_draft(sold_row=first)
    assert first.invoice_line is None
    assert InvoiceLine.objects.count() == 1
    second.refresh_from_db()
    actions.remove_from_draft(sold_row=second)

    assert not Invoice.objects.exists()
    actions.remove_from_draft(sold_row=second)


def test_a_charge_on_an_issued_invoice_stays(practice, coach, client_user, admin_user):
    session = ledger.hold_session(coach, client_user)
    (draft,) = make_drafts(admin_user)
    actions.issue(invoice=draft, by=admin_user, at=NOW)
    session.refresh_from_db()

    assert not actions.remove_from_draft(sold_row=session)

    session.refresh_from_db()
    assert session.invoice_line.invoice.number == "INV-2027-0001"


def test_a_charge_with_pence_to_round_is_rounded_once(practice, coach, client_user, admin_user):
    ledger.hold_session(coach, client_user)
    (item,) = invoicing.unbilled(TODAY)
    item = replace(item, quantity=Decimal("1.5"), unit_price=Decimal("33.33"))

    draft = actions.draft_invoice(payer=item.payer, billable_items=[item], by=admin_user, at=NOW)

    assert draft.lines.get().net == Decimal("50.00")
