"""What a coach's sessions of a year came to, by month in London: billed, paid, still to bill.

Amounts are before VAT and belong to the month of the session, whenever it was invoiced or paid.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from operator import add, attrgetter
from typing import Self

from django.db.models import Max, Min, Q

from bookings.models import CoachingSession
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.billing import line_balances
from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.line_balances import LineBalance
from coaching_portal.billing.models import InvoiceLine
from coaching_portal.common import formatting
from coaching_portal.common.dates import london_date, london_midnight
from profiles.models import Coach


@dataclass(frozen=True)
class Income:
    """Of one session, or of many added up. Waived charges are in none of the other amounts."""

    took_place: int = 0
    minutes: int = 0
    charged_missed: int = 0  # missed or cancelled late, and not waived
    waived_sessions: int = 0
    billed: Decimal = NOTHING
    paid: Decimal = NOTHING
    to_bill: Decimal = NOTHING
    waived: Decimal = NOTHING

    def __add__(self, other: Self) -> "Income":
        return Income(*map(add, _values(self), _values(other)))

    @property
    def total(self) -> Decimal:
        return self.billed + self.to_bill

    @property
    def unpaid(self) -> Decimal:
        return self.billed - self.paid


_values = attrgetter(*(field.name for field in fields(Income)))


@dataclass(frozen=True)
class SessionRow:
    """A session with what it came to, and its line on an issued invoice where it has one."""

    session: CoachingSession
    date: date
    income: Income
    balance: LineBalance | None

    @property
    def payer(self) -> str:
        return str(self.session.organisation or self.session.client or "")


@dataclass(frozen=True)
class Month:
    first: date
    income: Income

    @property
    def name(self) -> str:
        return f"{self.first:%B}"


class IncomeYear:
    """A coach's income of one calendar year, as its page and its files show it."""

    def __init__(self, coach: Coach, year: int, at: datetime) -> None:
        self.coach, self.year, self.at = coach, year, at
        self.today = london_date(at)
        self.rows = list(_rows(_of_year(coach, year), self.today))
        until = self.today.month if self.is_current else 1 if year > self.today.year else 12
        self.months = by_month(year, ((row.date, row.income) for row in self.rows), until=until)
        self.total = sum((month.income for month in self.months), Income())

    @property
    def is_current(self) -> bool:
        return self.year == self.today.year

    @property
    def is_empty(self) -> bool:
        return not self.rows

    @property
    def finding(self) -> str:
        """What the picture shows, in words."""
        begin = f"In {self.year}{' so far' if self.is_current else ''} your sessions"
        total, money = self.total, formatting.money
        if not total.total:
            return f"{begin} have come to £0.00."
        best = max(self.months, key=lambda month: month.income.total)
        return (
            f"{begin} came to {money(total.total)}: {money(total.paid)} is paid, "
            f"{money(total.unpaid)} is billed and not paid yet, and {money(total.to_bill)} is "
            f"still to bill. The most in a month was {money(best.income.total)}, in {best.name}."
        )

    @cached_property
    def to_confirm(self) -> int:
        """How many sessions of the year are over, and count only once they are confirmed."""
        first, last = _bounds(self.year)
        sessions = CoachingSession.objects.filter(coach=self.coach).to_confirm(self.at)
        return sessions.starting_between(first, last).count()

    @cached_property
    def neighbours(self) -> tuple[int | None, int | None]:
        """The year before and the year after, as far as there is anything to see."""
        ends = _counted(self.coach).aggregate(first=Min("starts_at"), last=Max("starts_at"))
        years = [london_date(each).year for each in ends.values() if each] + [self.today.year]
        before = self.year - 1 if self.year > min(years) else None
        return before, self.year + 1 if self.year < max(years) else None


def by_month(year: int, incomes: Iterable[tuple[date, Income]], *, until: int = 12) -> list[Month]:
    """The months of a year up to that one, or to the last that has something; each added up."""
    sums: dict[int, Income] = {}
    for day, income in incomes:
        sums[day.month] = sums.get(day.month, Income()) + income
    last = max([until, *sums])
    return [Month(date(year, each, 1), sums.get(each, Income())) for each in range(1, last + 1)]


def income_of(session: CoachingSession, balance: LineBalance | None) -> Income:
    """What one session came to; `balance` where an issued invoice has it.

    A waived charge counts as billed until it is credited: the invoice still asks for it.
    """
    is_charged_missed = session.is_late and not session.is_waived
    counts = Income(
        took_place=int(session.is_completed),
        minutes=session.minutes if session.is_completed else 0,
        charged_missed=int(is_charged_missed and session.costs_something_if_late),
        waived_sessions=int(session.is_waived),
    )
    if balance:
        waived = balance.credited if session.is_waived else NOTHING
        return replace(counts, billed=balance.billed, paid=balance.paid, waived=waived)
    if session.is_waived:
        return replace(counts, waived=session.price)
    draft = session.invoice_line
    to_bill = draft.net if draft else session.price if session.is_billable else NOTHING
    return replace(counts, to_bill=to_bill)


# What is read of each: a year may have thousands.
_READ = (
    "uuid",
    "kind",
    "status",
    "starts_at",
    "ends_at",
    "price",
    "waived_at",
    "awaits_acceptance",
    "programme_id",
    "purchase_order",
    "client__name",
    "client__email",
    "organisation__name",
    "invoice_line__net",
)


def _rows(sessions: CoachingSessionQuerySet, today: date) -> Iterator[SessionRow]:
    lines = InvoiceLine.objects.filter(pk__in=sessions.order_by().values("invoice_line"))
    balances = line_balances.of_invoices_with(lines, on=today)
    sessions = sessions.select_related("client", "organisation", "invoice_line").only(*_READ)
    for session in sessions.order_by("starts_at", "pk"):
        balance = balances.get(session.invoice_line_id or 0)
        day = london_date(session.starts_at)
        yield SessionRow(session, day, income_of(session, balance), balance)


def _of_year(coach: Coach, year: int) -> CoachingSessionQuerySet:
    return _counted(coach).starting_between(*_bounds(year))


def _counted(coach: Coach) -> CoachingSessionQuerySet:
    """Those that took place, were missed or cancelled late, and whatever has been invoiced."""
    sessions = CoachingSession.objects.filter(coach=coach)
    is_charged = Q(status__in=CoachingSession.CHARGED)
    return sessions.filter(is_charged | Q(invoice_line__isnull=False))


def _bounds(year: int) -> tuple[datetime, datetime]:
    return london_midnight(date(year, 1, 1)), london_midnight(date(year + 1, 1, 1))
