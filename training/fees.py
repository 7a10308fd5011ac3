"""What cancelling a place costs. Pure: days are London's calendar days."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from training.dates import london_date

NOTHING = Decimal("0.00")
PENNY = Decimal("0.01")


def percent_due(schedule, days):
    """The percentage of the step with the most days that are still left; all of it without one."""
    reached = [step for step in schedule if days >= step["days"]]
    return max(reached, key=lambda step: step["days"])["percent"] if reached else 100


def cancellation_fee(schedule, price, *, begins_at, cancelled_at):
    days = (london_date(begins_at) - london_date(cancelled_at)).days
    due = price * Decimal(percent_due(schedule, days)) / 100
    return due.quantize(PENNY, rounding=ROUND_HALF_UP)


def is_within_14_days(booked_at, at):
    """The consumer's days to cancel: they end with the fourteenth day after the booking's."""
    return london_date(at) <= london_date(booked_at) + timedelta(days=14)
