"""Sums of money, exact. Rounding happens here and nowhere else: half up, to the penny."""

from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")


def rounded(amount):
    return Decimal(amount).quantize(PENNY, rounding=ROUND_HALF_UP)


def session_price(rate, minutes):
    """What a session of so many minutes costs at a rate for an hour."""
    return rounded(Decimal(rate) * minutes / 60)
