"""A year's income as rows of CSV files: by month, and session by session for the accountant."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from bookings.presenters.income import Income, IncomeYear, SessionRow
from coaching_portal.common.formatting import LONDON

AMOUNTS = ("billed", "paid", "still to bill", "waived")
MONTH_COLUMNS = (
    "month",
    "took place",
    "minutes",
    "missed and charged",
    "waived sessions",
    *AMOUNTS,
)
SESSION_COLUMNS = (
    "date",
    "time",
    "reference",
    "kind",
    "minutes",
    "outcome",
    "payer",
    "purchase order",
    "price",
    "invoice",
    "invoiced on",
    *AMOUNTS,
)


def month_rows(income: IncomeYear) -> Iterator[tuple]:
    yield MONTH_COLUMNS
    for month in income.months:
        counts = month.income
        yield (
            f"{month.first:%Y-%m}",
            counts.took_place,
            counts.minutes,
            counts.charged_missed,
            counts.waived_sessions,
            *_amounts(counts),
        )


def session_rows(income: IncomeYear) -> Iterator[tuple]:
    yield SESSION_COLUMNS
    yield from map(_session_row, income.rows)


def _session_row(row: SessionRow) -> tuple:
    session, balance = row.session, row.balance
    return (
        row.date,
        f"{session.starts_at.astimezone(ZoneInfo(LONDON)):%H:%M}",
        session.reference,
        session.get_kind_display(),
        session.minutes,
        session.get_status_display(),
        row.payer,
        session.purchase_order,
        session.price,
        balance.number if balance else "",
        balance.issued_on if balance else "",
        *_amounts(row.income),
    )


def _amounts(income: Income) -> tuple:
    return (income.billed, income.paid, income.to_bill, income.waived)
