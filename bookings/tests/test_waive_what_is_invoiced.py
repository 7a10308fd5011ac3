"""A charge that is waived after it was invoiced: the office credits it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bookings import actions, invoicing
from bookings.emails.sessions import UNDO_LASTS
from bookings.models import CoachingSession
from coaching_portal.billing import actions as billing
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.factories.ledger import NOW, hold_session, set_up_practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def missed(coach, client_user, admin_user):
    """A missed session of £75.00 on an issued invoice."""
    set_up_practice()
    session = hold_session(coach, client_user, status="NO_SHOW")
    billable_items = [invoicing.billable_item(session)]
    invoice = billing.draft_invoice(
        payer=billable_items[0].payer, billable_items=billable_items, by=admin_user, at=NOW
    )
    billing.issue(invoice=invoice, by=admin_user, at=NOW)
    session.refresh_from_db()
    return session


@pytest.fixture
def waived(missed, coach):
    return actions.waive(session=missed, by=coach.user, reason="Taken ill.", at=NOW)


def to_credit():
    return list(CoachingSession.objects.waived_on_issued_invoices())


def test_it_can_be_waived_is_recorded_and_waits_for_the_office(missed, coach):
    assert missed.can_be_waived
    assert to_credit() == []

    waived = actions.waive(session=missed, by=coach.user, reason="Taken ill.", at=NOW)

    assert waived.invoice_line == missed.invoice_line
    assert waived.events.get(what="WAIVED").note == "Taken ill."
    assert to_credit() == [waived]
    assert invoicing.owed_back(waived.invoice_line.invoice) == {
        waived.invoice_line: Decimal("75.00")
    }


def test_the_coach_reads_that_the_office_will_credit_it(missed, coach, signed_in):
    browser, number = signed_in(coach.user), missed.invoice_line.invoice.number
    there = missed.get_absolute_url()
    assert (
        f'This session is on invoice <span class="nowrap">{number}</span>.'
        in browser.get(there).content.decode()
    )

    page = browser.post(f"{there}waive/", {"reason": "Taken ill."}, follow=True)

    assert f"The office will credit it on invoice {number}." in page.content.decode()


def test_the_client_reads_that_a_credit_note_comes(waived, mailoutbox):
    OutgoingMessage.objects.exclude(kind="session-charge-waived").delete()
    outbox.deliver_due(NOW + UNDO_LASTS)

    [mail] = mailoutbox
    words = f"It is on invoice {waived.invoice_line.invoice.number}: we will send a credit note."
    assert words in mail.body
    assert words in mail.alternatives[0].content


def test_the_office_sees_it_with_the_way_to_credit_it(waived, admin_user, signed_in):
    browser = signed_in(admin_user)
    matters = {each.name: each for each in browser.get("/admin/").context["waiting"]}
    matter = matters["Waived sessions to credit"]

    page = browser.get(matter.address).content.decode()

    assert matter.count == 1
    invoice = waived.invoice_line.invoice
    assert f"/admin/billing/invoice/{invoice.pk}/credit/" in page
    assert f"Credit £75.00 on {invoice.number}" in page


@pytest.mark.parametrize("release", [True, False])
def test_once_credited_it_leaves_the_list_and_is_not_billed_again(waived, admin_user, release):
    line = waived.invoice_line
    note = {"invoice": line.invoice, "reason": "Waived.", "by": admin_user, "at": NOW}

    billing.credit(amounts={line: Decimal("74.99")}, release=release, **note)
    assert invoicing.owed_back(line.invoice) == {line: Decimal("0.01")}
    billing.credit(amounts={line: Decimal("0.01")}, release=release, **note)

    assert to_credit() == []
    assert invoicing.owed_back(line.invoice) == {}
    assert invoicing.unbilled(datetime(2027, 12, 31, tzinfo=UTC).date()) == []


def test_a_session_that_is_not_waived_is_not_to_be_credited(missed):
    assert to_credit() == []
    assert invoicing.owed_back(missed.invoice_line.invoice) == {}
