"""What a session came to, and months that add up: pure."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bookings.models import CoachingSession
from bookings.presenters import income_chart
from bookings.presenters.income import Income, Month, by_month, income_of
from coaching_portal.billing.line_balances import LineBalance
from coaching_portal.billing.models import InvoiceLine
from coaching_portal.testing.plugin import NINE

Status = CoachingSession.Status
PRICE, NOTHING = Decimal("75.00"), Decimal("0.00")

# Whole numbers are drawn much faster than decimals.
pence = st.integers(0, 1_000_000).map(lambda number: Decimal(number) / 100)
days = st.dates(min_value=date(2027, 1, 1), max_value=date(2027, 12, 31))


@st.composite
def incomes(draw):
    paid, unpaid, to_bill, waived = draw(st.tuples(pence, pence, pence, pence))
    return Income(took_place=1, billed=paid + unpaid, paid=paid, to_bill=to_bill, waived=waived)


dated = st.lists(st.tuples(days, incomes()), max_size=20)
of_any_sessions = settings(deadline=None, max_examples=60)


def session(status=Status.COMPLETED, price=PRICE, **fields):
    ends_at = NINE + timedelta(hours=1)
    return CoachingSession(status=status, price=price, starts_at=NINE, ends_at=ends_at, **fields)


def balance(billed="75.00", *, credited="0.00", paid="0.00"):
    amounts = {"billed": billed, "credited": credited, "paid": paid}
    amounts = {name: Decimal(amount) for name, amount in amounts.items()}
    return LineBalance(number="INV-2027-0001", issued_on=date(2027, 6, 8), **amounts)


def test_a_session_that_took_place_is_still_to_bill():
    assert income_of(session(), None) == Income(took_place=1, minutes=60, to_bill=PRICE)


@pytest.mark.parametrize("status", [Status.NO_SHOW, Status.CANCELLED_LATE])
def test_a_missed_session_is_charged_and_counted_apart(status):
    assert income_of(session(status), None) == Income(charged_missed=1, to_bill=PRICE)


def test_a_free_session_counts_and_comes_to_nothing():
    assert income_of(session(price=NOTHING), None) == Income(took_place=1, minutes=60)


def test_a_free_session_that_was_missed_is_not_counted():
    assert income_of(session(Status.NO_SHOW, price=NOTHING), None) == Income()


def test_a_session_of_a_programme_that_was_missed_counts_at_any_price():
    missed = session(Status.NO_SHOW, price=NOTHING, programme_id=1)

    assert income_of(missed, None) == Income(charged_missed=1)


def test_on_a_draft_it_is_still_to_bill_at_what_the_draft_says():
    line = InvoiceLine(net=Decimal("60.00"))

    assert income_of(session(invoice_line=line), None).to_bill == Decimal("60.00")


def test_on_an_issued_invoice_it_is_billed_and_paid():
    found = income_of(session(), balance("70.00", credited="5.00", paid="30.00"))

    assert (found.billed, found.paid, found.to_bill) == (Decimal("70.00"), Decimal("30.00"), 0)
    assert (found.unpaid, found.waived) == (Decimal("40.00"), 0)


def test_a_waived_charge_that_was_not_billed_stands_apart():
    waived = session(Status.NO_SHOW, waived_at=NINE)

    assert income_of(waived, None) == Income(waived_sessions=1, waived=PRICE)


def test_a_waived_charge_is_billed_until_it_is_credited():
    waived = session(Status.NO_SHOW, waived_at=NINE)

    before, after = (
        income_of(waived, each) for each in (balance(), balance("0.00", credited="75.00"))
    )
    assert (before.billed, before.waived) == (PRICE, NOTHING)
    assert (after.billed, after.waived) == (NOTHING, PRICE)


@of_any_sessions
@given(dated)
def test_months_add_up_to_their_sessions_to_the_penny(dated):
    months = by_month(2027, dated)

    total = sum((month.income for month in months), Income())
    assert total == sum((income for _, income in dated), Income())
    assert len(months) == 12


@of_any_sessions
@given(dated)
def test_no_month_is_paid_more_than_it_was_billed(dated):
    assert all(month.income.paid <= month.income.billed for month in by_month(2027, dated))


@of_any_sessions
@given(dated)
def test_each_session_is_in_its_own_month(dated):
    for month in by_month(2027, dated):
        own = [income for day, income in dated if day.month == month.first.month]
        assert month.income == sum(own, Income())


def test_months_end_with_the_present_one_unless_a_later_one_has_something():
    late = (date(2027, 8, 2), Income(charged_missed=1))

    assert [month.name for month in by_month(2027, [], until=2)] == ["January", "February"]
    assert by_month(2027, [late], until=2)[-1].name == "August"


def per_cent(text):
    return Decimal(text.removesuffix("%"))


@of_any_sessions
@given(dated)
def test_bars_are_as_long_as_their_amounts_and_stay_inside(dated):
    months = by_month(2027, dated)
    most = max(month.income.total for month in months)

    for bar in income_chart.of(months).bars:
        assert per_cent(bar.ends) <= income_chart.BEGINS + income_chart.LONGEST
        length = sum(per_cent(part.width) for part in bar.parts)
        exact = income_chart.LONGEST * bar.month.income.total / (most or 1)
        assert abs(length - exact) < Decimal("0.01")


def test_a_part_that_is_nothing_is_not_drawn():
    paid = Month(date(2027, 6, 1), Income(billed=PRICE, paid=PRICE))

    (bar,) = income_chart.of([paid]).bars

    assert [part.kind for part in bar.parts] == ["paid"]


def test_a_year_of_nothing_has_no_bars():
    chart = income_chart.of([Month(date(2027, 6, 1), Income())])

    assert chart.bars[0].parts == []
