"""What is proposed to be credited once places on an issued invoice are cancelled."""

from datetime import timedelta
from decimal import Decimal

import pytest

from coaching_portal.billing import actions as billing
from coaching_portal.billing import credit_reasons
from coaching_portal.billing.models import CreditNote, Invoice
from coaching_portal.testing.plugin import NINE
from training import actions
from training.invoicing import unbilled
from training.models import CourseBooking
from training.tests.test_invoicing import TODAY

FREE, HALF, ALL = (NINE - timedelta(days=days) for days in (42, 41, 20))


def proposed(invoice):
    return [str(amount) for amount in credit_reasons.proposal(invoice).amounts.values()]


@pytest.mark.parametrize(
    ("names", "at", "expected"),
    [
        (["Ann", "Ben"], FREE, ["295.00"]),
        (["Ann", "Ben"], HALF, ["147.50"]),
        (["Ann", "Ben"], ALL, []),
        (["Ann", "Ben", "Cat", "Dan"], FREE, ["295.00"]),
        (["Ann"], FREE, ["295.00"]),
    ],
)
def test_a_cancelled_place_proposes_what_it_no_longer_costs(
    contact, enrol_staff, issue_all, names, at, expected
):
    booking = enrol_staff(contact, *names)
    [invoice] = issue_all()
    assert proposed(invoice) == []

    actions.cancel_place(place=booking.places[0], by=contact, at=at)

    assert proposed(invoice) == expected


def test_what_has_been_credited_is_not_proposed_again(contact, enrol_staff, issue_all, admin_user):
    booking = enrol_staff(contact, "Ann", "Ben")
    [invoice] = issue_all()
    line = invoice.lines.get()
    note = {"invoice": invoice, "reason": "Places cancelled", "by": admin_user, "at": HALF}
    actions.cancel_place(place=booking.places[0], by=contact, at=HALF)

    billing.credit(amounts={line: Decimal("100.00")}, **note)
    assert proposed(invoice) == ["47.50"]
    billing.credit(amounts={line: Decimal("47.50")}, **note)
    assert proposed(invoice) == []
    actions.cancel_place(place=booking.places[1], by=contact, at=HALF)

    assert proposed(invoice) == ["147.50"]


def test_the_office_is_led_from_its_first_page_to_the_amount(
    contact, enrol_staff, issue_all, admin_user, signed_in
):
    booking = enrol_staff(contact, "Ann", "Ben", "Cat", "Dan")
    [invoice] = issue_all()
    actions.cancel_place(place=booking.places[0], by=contact, at=FREE)
    office = signed_in(admin_user)

    matters = {each.name: each for each in office.get("/admin/").context["waiting"]}
    matter = matters["Cancelled places to credit"]
    assert matter.count == 1
    there = f"/admin/billing/invoice/{invoice.pk}/credit/"
    page = office.get(matter.address).content.decode()
    assert f'<a href="{there}">Credit £295.00 on {invoice.number}</a>' in page
    form = office.get(there).context["form"]
    amount = f"line_{invoice.lines.get().pk}"

    assert form[amount].value() == Decimal("295.00")
    assert (form["reason"].value(), form["release"].value()) == ("Places cancelled", "no")
    sent = {"reason": "Places cancelled", "release": "no", "how_much": "entered", amount: "295.00"}
    office.post(there, sent)
    assert CreditNote.objects.get().total == Decimal("295.00")
    waiting = {each.name: each for each in office.get("/admin/").context["waiting"]}
    assert waiting["Cancelled places to credit"].count == 0


def test_without_a_reason_amounts_are_empty_and_all_that_is_left_is_a_choice(
    contact, enrol_staff, issue_all, admin_user, signed_in
):
    enrol_staff(contact, "Ann", "Ben")
    [invoice] = issue_all()
    office, there = signed_in(admin_user), f"/admin/billing/invoice/{invoice.pk}/credit/"
    amount = f"line_{invoice.lines.get().pk}"
    assert office.get(there).context["form"][amount].value() is None
    sent = {"reason": "Wrong payer", "release": "yes"}

    refused = office.post(there, {**sent, "how_much": "entered", amount: ""})
    assert "Enter an amount to credit." in refused.content.decode()
    office.post(there, {**sent, "how_much": "all", amount: ""})

    assert CreditNote.objects.get().total == Decimal("590.00")


def test_cancelling_a_place_puts_its_draft_right(contact, enrol_staff, draft_all):
    booking = enrol_staff(contact, "Ann", "Ben")
    assert len(draft_all()) == 1

    actions.cancel_place(place=booking.places[0], by=contact, at=HALF)

    assert not Invoice.objects.exists()
    [item] = unbilled(TODAY)
    assert item.quantity * item.unit_price == Decimal("442.50")
    assert not CourseBooking.objects.to_credit().exists()
