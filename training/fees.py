"""What cancelling a place costs. Pure: days are London's calendar days."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from coaching_portal.billing.amounts import to_pence
from coaching_portal.common.dates import london_date


def percent_due(schedule: Sequence[Mapping[str, int]], days: int) -> int:
    """The percentage of the step with the most days that are still left; all of it without one."""
    reached = [step for step in schedule if days >= step["days"]]
    return max(reached, key=lambda step: step["days"])["percent"] if reached else 100


def cancellation_fee(
    schedule: Sequence[Mapping[str, int]],
    price: Decimal,
    *,
    begins_at: datetime,
    cancelled_at: datetime,
) -> Decimal:
    days = (london_date(begins_at) - london_date(cancelled_at)).days
    return to_pence(price * Decimal(percent_due(schedule, days)) / 100)
