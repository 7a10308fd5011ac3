"""The practice's details, months of invoices in every state, and a run that waits to be made:
40 sessions of 12 payers, one of which lacks its purchase order."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import cast
from zoneinfo import ZoneInfo

from bookings import actions as coaching
from bookings import invoicing as coaching_charges
from bookings.actions.booking_request import BookingRequest, Details
from bookings.models import CoachingSession
from coaching_portal.billing import actions, invoicing_run
from coaching_portal.billing.amounts import to_pence
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.common.dates import london_date
from coaching_portal.common.refusals import Refusal
from coaching_portal.example_data.coaching import as_if_delivered
from coaching_portal.example_data.people import coach, organisation, person
from training import invoicing as training_charges

LONDON = ZoneInfo("Europe/London")
CLIENTS = ("priya", "tom", "grace", "yusuf", "ewan", "mei", "sofia", "noah", "aisha")
# Days ago, payer, minutes: what was coached and invoiced before.
BEFORE = (
    (150, "priya", 60),
    (150, "tom", 90),
    (120, "priya", 60),
    (120, "grace", 60),
    (120, "Example Surgery", 90),
    (90, "yusuf", 60),
    (90, "Example Surgery", 90),
    (90, "tom", 90),
    (60, "mei", 90),
    (60, "Example Hospitals NHS Trust", 60),
    (60, "sofia", 60),
    (30, "noah", 90),
    (30, "aisha", 60),
    (30, "Example Surgery", 90),
    (4, "grace", 60),
    (4, "yusuf", 90),
)
RUNS_DAYS_AGO = (147, 117, 87, 57, 27, 1)
PAID, PART_PAID, LEFT, CREDITED = "paid", "part paid", "left", "credited"
WHAT_BECAME_OF_THEM = (PAID, PAID, PART_PAID, LEFT, CREDITED, PAID)


def load(at):
    if Invoice.objects.exists():
        return
    _fill_in_practice()
    by = person("admin")
    for days_ago, name, minutes in BEFORE:
        _hold_sessions(name, 1, minutes=minutes, days_ago=days_ago, at=at)
    for days_ago in RUNS_DAYS_AGO:
        _invoice_everything(at - timedelta(days=days_ago), by, leave_one=days_ago == 1)
    pay_or_credit(by, at)
    _leave_a_run(at)
    as_if_delivered(at)


def _fill_in_practice():
    practice = Practice.current()
    practice.name = "Example Practice"
    practice.legal_name = "Example Practice Limited"
    practice.legal_form = "Limited company"
    practice.company_number = "00000000"
    practice.address = "1 Example Road\nExampleton\nEX1 1EX"
    practice.bank_account_name = "Example Practice Limited"
    practice.bank_sort_code = "00-00-00"
    practice.bank_account_number = "00000000"
    practice.save()


def _details(name):
    """Who comes and who pays: a client, or an organisation for one of its staff."""
    if name == "Example Surgery":
        surgery = organisation(
            name,
            address="2 Example Street\nExampleton\nEX1 2EX",
            payables_email="accounts@example.org",
            payment_terms_days=14,
        )
        return person("ewan"), Details(organisation=surgery)
    if name == "Example Hospitals NHS Trust":
        return person("mei"), Details(organisation=organisation(), purchase_order="PO-310882")
    if name == "Example Ambulance Service":
        service = organisation(
            name,
            address="3 Example Way\nExampleton\nEX1 3EX",
            payables_email="payables.ambulance@example.org",
            requires_purchase_order=True,
        )
        return person("noah"), Details(organisation=service)
    return person(name), Details()


def _hold_sessions(name, count, *, days_ago, at, minutes=60):
    """So many sessions on days about then, booked by the coach and confirmed when they ended."""
    client, details = _details(name)
    held: list[CoachingSession] = []
    for starts_at in _starts(london_date(at) - timedelta(days=days_ago)):
        if len(held) == count:
            break
        session = _book(client, starts_at, minutes, details)
        held += [session] if session else []
    for session in held:
        coaching.confirm(session=session, by=session.coach.user, at=session.ends_at)


def _starts(day):
    """Every other hour of that working day and of those before it."""
    for days in range(14):
        earlier = day - timedelta(days=days)
        if earlier.weekday() < 5:
            for hour in range(8, 20, 2):
                yield datetime.combine(earlier, time(hour), tzinfo=LONDON)


def _book(client, starts_at, minutes, details):
    """The session, or nothing where coach or client has something else then."""
    owen = coach("coach2")
    booking_request = BookingRequest(
        coach=owen, starts_at=starts_at, minutes=minutes, outside_hours=True
    )
    booked_at = starts_at - timedelta(days=9)
    try:
        return coaching.book(
            booking_request=booking_request,
            client=client,
            by=owen.user,
            at=booked_at,
            details=details,
        )
    except Refusal:
        return None


def _invoice_everything(at, by, *, leave_one):
    """A run, as the admin would go through it, with what was refused mended; one may be left."""

    def read():
        until = london_date(at)
        return [*coaching_charges.unbilled(until), *training_charges.unbilled(until)]

    drafts = invoicing_run.make_drafts(read=read, by=by, at=at)
    result = invoicing_run.issue_all(invoices=drafts[leave_one:], by=by, at=at)
    for draft, _ in result.refused:
        draft.purchase_order = "PO-118299"
        draft.save(update_fields=["purchase_order"])
        actions.issue(invoice=draft, by=by, at=at)


def pay_or_credit(by, at):
    """Nine days after it was issued, if that is past, something becomes of each invoice."""
    issued = Invoice.objects.issued().order_by("issued_at", "pk")
    for invoice, fate in zip(issued, cycle(WHAT_BECAME_OF_THEM), strict=False):
        total, issued_at = cast(Decimal, invoice.total), cast(datetime, invoice.issued_at)
        then = issued_at + timedelta(days=9)
        if then > at:
            break
        if fate == CREDITED:
            reason = "Cancelled in time: charged by mistake."
            actions.credit_in_full(invoice=invoice, reason=reason, by=by, at=then, release=False)
        elif fate == PAID:
            _pay(invoice, total, by, then)
        elif fate == PART_PAID:
            _pay(invoice, to_pence(total / 2), by, then)


def _pay(invoice, amount, by, at):
    actions.record_payment(
        payer=invoice.payer,
        amount=amount,
        received_on=london_date(at),
        method="BANK_TRANSFER",
        reference=invoice.number,
        by=by,
        at=at,
        allocate_to=[(invoice, amount)],
    )


def _leave_a_run(at):
    """40 sessions that were confirmed after the last run: 9 clients and 3 organisations pay."""
    for number, name in enumerate(CLIENTS):
        count, minutes = (4 if number < 4 else 3), (60, 90)[number % 2]
        _hold_sessions(name, count, days_ago=2 + number, at=at, minutes=minutes)
    _hold_sessions("Example Surgery", 3, days_ago=11, at=at, minutes=90)
    _hold_sessions("Example Hospitals NHS Trust", 4, days_ago=12, at=at)
    _hold_sessions("Example Ambulance Service", 2, days_ago=13, at=at)
