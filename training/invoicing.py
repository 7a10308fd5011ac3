"""What training has sold that no invoice has yet."""

from datetime import date
from decimal import Decimal

from coaching_portal.billing import credit_reasons
from coaching_portal.billing.billable_items import BillableItem, Payer
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.common import formatting
from coaching_portal.common.dates import DAY, london_date, london_midnight
from training.models import Cohort, CourseBooking
from training.models.enrolments import CourseBookingQuerySet


def unbilled(until: date) -> list[BillableItem]:
    """Places booked by `until` (inclusive) for which something is owed: one item a booking."""
    bookings = (
        CourseBooking.objects.unbilled()
        .filter(booked_at__lt=london_midnight(until + DAY))
        .with_details()
        .order_by("booked_at", "pk")
    )
    return [charge_for(booking) for booking in bookings if booking.total]


def register_credit_reasons() -> None:
    credit_reasons.register(
        "Cancelled places to credit",
        reason="Places cancelled",
        owed_back=owed_back_for_places,
        waiting=CourseBooking.objects.with_cancelled_places_to_credit,
    )
    credit_reasons.register(
        "Cancelled course dates to credit",
        reason="Course cancelled",
        owed_back=owed_back_for_cohorts,
        waiting=Cohort.objects.to_credit,
    )


def owed_back_for_places(invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    """{line: amount before VAT} of places that were cancelled since it was issued."""
    return _owed_back(CourseBooking.objects.with_cancelled_places_to_credit(), invoice)


def owed_back_for_cohorts(invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    """The same for course dates that do not take place."""
    return _owed_back(CourseBooking.objects.in_cancelled_cohorts().to_credit(), invoice)


def _owed_back(bookings: CourseBookingQuerySet, invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    found = bookings.filter(invoice_line__invoice=invoice).select_related("invoice_line")
    rows = found.order_by("pk")
    return {row.invoice_line: row.amount_to_credit for row in rows if row.invoice_line}


def charge_for(booking: CourseBooking) -> BillableItem:
    quantity, unit_price = _amount(booking.amounts)
    return BillableItem(
        key=f"booking:{booking.uuid}",
        payer=_payer(booking),
        description=_description(booking),
        supplied_on=london_date(booking.cohort.begins_at or booking.booked_at),
        quantity=quantity,
        unit_price=unit_price,
        sold=booking,
    )


def _amount(amounts: list[Decimal]) -> tuple[Decimal, Decimal]:
    """So many at one price; or one sum, where some places are due in full and some in part."""
    if len(set(amounts)) == 1:
        return Decimal(len(amounts)), amounts[0]
    return Decimal(1), sum(amounts, Decimal(0))


def _payer(booking: CourseBooking) -> Payer:
    if booking.organisation:
        return Payer(organisation=booking.organisation, purchase_order=booking.purchase_order)
    return Payer(user=booking.booked_by)


def _description(booking: CourseBooking) -> str:
    """Course, dates and code; and what was cancelled, since the sum says so."""
    cohort = booking.cohort
    live = len(booking.live_places)
    parts = [formatting.count(live, "place")] if live else []
    if any(place.is_cancelled and place.fee for place in booking.places):
        parts.append("cancellation fee")
    words = f"{cohort.course}, {cohort.dates_in_words}, {cohort.code}: {' and '.join(parts)}"
    return words[:200]
