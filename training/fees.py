"""What cancelling a place costs. Pure: days are London's calendar days."""

from datetime import timedelta
from decimal import Decimal

from coaching_portal.billing.amounts import to_pence
from training.dates import london_date


def percent_due(schedule, days):
    """The percentage of the step with the most days that are still left; all of it without one."""
    reached = [step for step in schedule if days >= step["days"]]
    return max(reached, key=lambda step: step["days"])["percent"] if reached else 100


def cancellation_fee(schedule, price, *, begins_at, cancelled_at):
    days = (london_date(begins_at) - london_date(cancelled_at)).days
    return to_pence(price * Decimal(percent_due(schedule, days)) / 100)


def is_within_14_days(booked_at, at):
    """The consumer's days to cancel: they end with the fourteenth day after the booking's."""
    return london_date(at) <= london_date(booked_at) + timedelta(days=14)
