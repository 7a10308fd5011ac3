"""What a session costs."""

from decimal import ROUND_HALF_UP, Decimal

from bookings.models.hours import INTRODUCTION_MINUTES

PENNY = Decimal("0.01")


def session_price(rate, minutes):
    """The price of a session at an hourly rate; the introduction is free."""
    if minutes == INTRODUCTION_MINUTES:
        return Decimal("0.00")
    return (rate * minutes / 60).quantize(PENNY, ROUND_HALF_UP)
