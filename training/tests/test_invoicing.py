"""What training hands to the invoicing run: each booking once, as one line."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.testing.plugin import NINE
from training import actions
from training.invoicing import unbilled
from training.tests.conftest import EARLY

TODAY = date(2027, 4, 8)  # the London date of EARLY


def bill(item):
    """A draft line for the item, as the invoicing run makes it."""
    payer = {"user": item.payer.user, "organisation": item.payer.organisation}
    invoice = Invoice.objects.create(drafted_at=EARLY, **payer)
    line = InvoiceLine.objects.create(
        invoice=invoice,
        description=item.description,
        supplied_on=item.supplied_on,
        quantity=item.quantity,
        unit_price=item.unit_price,
    )
    item.sold.invoice_line = line
    item.sold.save(update_fields=["invoice_line"])


def test_five_places_are_one_charge_to_the_organisation(contact, enrol_staff, cohort):
    booking = enrol_staff(contact, "Ann", "Ben", None, None, None)

    (item,) = unbilled(TODAY)

    assert item.key == f"booking:{booking.uuid}"
    assert item.payer.organisation == booking.organisation
    assert item.payer.purchase_order == "PO-123456"
    assert (item.quantity, item.unit_price) == (5, Decimal("295.00"))
    assert item.supplied_on == date(2027, 6, 7)
    assert item.description == (f"Clinical audit, Monday 7 June 2027, {cohort.code}: 5 places")


def test_a_person_pays_for_herself(client_user, enrol_self):
    enrol_self(client_user)

    (item,) = unbilled(TODAY)

    assert item.payer.user == client_user
    assert (item.quantity, item.unit_price) == (1, Decimal("295.00"))


def test_places_are_billed_from_the_day_they_are_booked(client_user, enrol_self):
    enrol_self(client_user)

    assert unbilled(TODAY - timedelta(days=1)) == []
    assert len(unbilled(TODAY)) == 1


def test_what_has_a_line_is_not_charged_again_and_naming_adds_nothing(contact, enrol_staff):
    booking = enrol_staff(contact, "Ann", None)
    bill(unbilled(TODAY)[0])

    actions.name_learner(
        place=booking.unnamed_places[0], name="Ben", email="b@x.example.org", by=contact, at=EARLY
    )

    assert unbilled(TODAY) == []


def test_two_organisations_in_one_cohort_are_two_charges(make_contact, enrol_staff):
    enrol_staff(make_contact("trust")[0], "Ann")
    enrol_staff(make_contact("other")[0], "Ben")

    payers = {str(item.payer.organisation) for item in unbilled(TODAY)}

    assert payers == {"Example Trust", "Example Other"}


@pytest.mark.parametrize(
    ("days", "quantity", "unit_price", "words"),
    [
        (42, 1, "295.00", "1 place"),
        (41, 1, "442.50", "1 place and cancellation fee"),
        (5, 2, "295.00", "1 place and cancellation fee"),
    ],
)
def test_one_of_two_cancelled_before_billing(
    contact, enrol_staff, days, quantity, unit_price, words
):
    booking = enrol_staff(contact, "Ann", "Ben")
    actions.cancel_place(place=booking.places[0], by=contact, at=NINE - timedelta(days=days))

    (item,) = unbilled(TODAY)

    assert (item.quantity, item.unit_price) == (quantity, Decimal(unit_price))
    assert item.description.endswith(words)


@pytest.mark.parametrize(("days", "billable_items"), [(42, 0), (41, 1)])
def test_all_cancelled_before_billing_is_the_fee_or_nothing(
    contact, enrol_staff, days, billable_items
):
    booking = enrol_staff(contact, "Ann")
    actions.cancel_booking(booking=booking, by=contact, at=NINE - timedelta(days=days))

    assert len(unbilled(TODAY)) == billable_items


def test_the_number_of_queries_does_not_grow(
    make_cohort, make_contact, enrol_staff, django_assert_max_num_queries
):
    contact = make_contact()[0]
    for number in range(12):
        enrol_staff(contact, "Ann", "Ben", cohort=make_cohort(capacity=3 + number))

    with django_assert_max_num_queries(8):
        assert len(unbilled(TODAY)) == 12
