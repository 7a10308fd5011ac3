"""What training has sold that no invoice has yet."""

from decimal import Decimal

from coaching_portal.billing import credit_reasons
from coaching_portal.billing.billable_items import BillableItem, Payer
from coaching_portal.common import formatting
from coaching_portal.common.dates import DAY, london_date, london_midnight
from training.models import Cohort, CourseBooking


def unbilled(until):
    """Places booked by `until` (inclusive) for which something is owed: one item a booking."""
    bookings = (
        CourseBooking.objects.unbilled()
        .filter(booked_at__lt=london_midnight(until + DAY))
        .with_details()
        .order_by("booked_at", "pk")
    )
    return [charge_for(booking) for booking in bookings if booking.total]


def register_credit_reasons():
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


def owed_back_for_places(invoice):
    """{line: amount before VAT} of places that were cancelled since it was issued."""
    return _owed_back(CourseBooking.objects.with_cancelled_places_to_credit(), invoice)


def owed_back_for_cohorts(invoice):
    """The same for course dates that do not take place."""
    return _owed_back(CourseBooking.objects.in_cancelled_cohorts().to_credit(), invoice)


def _owed_back(bookings, invoice):
    found = bookings.filter(invoice_line__invoice=invoice).select_related("invoice_line")
    return {booking.invoice_line: booking.amount_to_credit for booking in found.order_by("pk")}


def charge_for(booking):
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


def _amount(amounts):
    """So many at one price; or one sum, where some places are due in full and some in part."""
    if len(set(amounts)) == 1:
        return Decimal(len(amounts)), amounts[0]
    return Decimal(1), sum(amounts)


def _payer(booking):
    if booking.organisation:
        return Payer(organisation=booking.organisation, purchase_order=booking.purchase_order)
    return Payer(user=booking.booked_by)


def _description(booking):
    """Course, dates and code; and what was cancelled, since the sum says so."""
    cohort = booking.cohort
    live = len(booking.live_places)
    parts = [formatting.count(live, "place")] if live else []
    if any(place.is_cancelled and place.fee for place in booking.places):
        parts.append("cancellation fee")
    words = f"{cohort.course}, {cohort.dates_in_words}, {cohort.code}: {' and '.join(parts)}"
    return words[:200]
