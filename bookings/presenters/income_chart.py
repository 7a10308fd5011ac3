"""The picture of a year's income: a bar for each month, in parts. Positions are per cent, so that
the words in it stay as large on a phone as on a desk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bookings.presenters.income import Income, Month
from coaching_portal.billing.amounts import NOTHING

ROW = 40  # pixels
BAR = 24
# Per cent of the width: names before it, amounts after it.
BEGINS, LONGEST = Decimal(13), Decimal(50)


@dataclass(frozen=True)
class Part:
    """One part of a bar; its looks: static/css/bookings/income.css."""

    kind: str
    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    month: Month
    y: int
    text_y: int
    parts: list[Part]
    ends: str


@dataclass(frozen=True)
class Chart:
    bars: list[Bar]
    height: int


def of(months: Sequence[Month]) -> Chart:
    most = max((month.income.total for month in months), default=NOTHING)
    bars = [_bar(number, month, most) for number, month in enumerate(months)]
    return Chart(bars, ROW * len(bars))


def _bar(number: int, month: Month, most: Decimal) -> Bar:
    begins, parts = BEGINS, []
    for kind, amount in _amounts(month.income):
        width = LONGEST * amount / most if most else NOTHING
        if amount:
            parts.append(Part(kind, _per_cent(begins), _per_cent(width)))
        begins += width
    top = ROW * number + (ROW - BAR) // 2
    return Bar(month, top, ROW * number + ROW // 2, parts, _per_cent(begins))


def _amounts(income: Income) -> list[tuple[str, Decimal]]:
    return [("paid", income.paid), ("unpaid", income.unpaid), ("to-bill", income.to_bill)]


def _per_cent(amount: Decimal) -> str:
    return f"{amount:.3f}%"
