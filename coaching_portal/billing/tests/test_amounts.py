from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coaching_portal.billing import amounts

prices = st.decimals(min_value=0, max_value=10_000, places=2)
quantities = st.decimals(min_value=Decimal("0.01"), max_value=1_000, places=2)
rates = st.sampled_from([Decimal(0), Decimal(5), Decimal("12.5"), Decimal(20)])
lines = st.lists(st.tuples(prices, rates), max_size=12)


def exactly(fraction):
    """Slow and obvious: whole pence, a half and more goes up."""
    return Decimal(floor(fraction * 100 + Fraction(1, 2))) / 100


@pytest.mark.parametrize(
    ("minutes", "price"),
    [(60, "75.00"), (75, "93.75"), (90, "112.50"), (105, "131.25"), (120, "150.00")],
)
def test_a_session_costs_its_share_of_the_hourly_rate(minutes, price):
    assert amounts.session_price(Decimal("75.00"), minutes) == Decimal(price)


@pytest.mark.parametrize(
    ("exact", "rounded"), [("0.005", "0.01"), ("0.00499", "0.00"), ("1.015", "1.02")]
)
def test_half_a_penny_goes_up(exact, rounded):
    assert amounts.to_pence(Decimal(exact)) == Decimal(rounded)


def test_vat_is_rounded_once_for_all_lines_of_a_rate():
    twenty = Decimal(20)

    totals = amounts.totals([(Decimal("281.25"), twenty), (Decimal("99.99"), twenty)])

    assert (totals.net, totals.vat, totals.total) == (
        Decimal("381.24"),
        Decimal("76.25"),
        Decimal("457.49"),
    )


@given(rate=prices, minutes=st.integers(min_value=1, max_value=600))
def test_a_price_is_what_fractions_say(rate, minutes):
    assert amounts.session_price(rate, minutes) == exactly(Fraction(rate) * minutes / 60)


@given(quantity=quantities, price=prices)
def test_a_line_is_what_fractions_say(quantity, price):
    assert amounts.line_net(quantity, price) == exactly(Fraction(quantity) * Fraction(price))


@given(lines)
def test_totals_are_what_fractions_say(pairs):
    totals = amounts.totals(pairs)

    by_rate = {rate: sum(Fraction(net) for net, r in pairs if r == rate) for _, rate in pairs}
    vat = sum((exactly(net * Fraction(rate) / 100) for rate, net in by_rate.items()), Decimal(0))
    assert totals.vat == vat
    assert totals.total == sum((net for net, _ in pairs), Decimal(0)) + vat


@given(lines, st.data())
def test_credits_in_parts_come_to_the_invoice_to_the_penny(pairs, data):
    whole = amounts.totals(pairs)
    cuts = [data.draw(st.decimals(min_value=0, max_value=net, places=2)) for net, _ in pairs]
    first = [(cut, rate) for cut, (_, rate) in zip(cuts, pairs, strict=True)]
    rest = [(net - cut, rate) for cut, (net, rate) in zip(cuts, pairs, strict=True)]

    credits = [
        amounts.credit_totals(first, before=[]),
        amounts.credit_totals(rest, before=first),
    ]

    assert sum(each.net for each in credits) == whole.net
    assert sum(each.vat for each in credits) == whole.vat
    assert all(each.vat >= 0 for each in credits)


nets = st.lists(prices, min_size=1, max_size=6)


@given(nets, rates, st.data())
def test_what_is_paid_of_lines_comes_to_what_is_paid_of_them_all(nets, rate, data):
    owed = amounts.totals([(net, rate) for net in nets]).total
    paid = data.draw(st.decimals(min_value=0, max_value=owed, places=2))

    shares = amounts.paid_shares(nets, owed=owed, paid=paid)

    whole = Fraction(sum(nets)) * Fraction(paid) / Fraction(owed) if owed else Fraction(0)
    assert sum(shares) == exactly(whole)


@given(nets, rates, st.data())
def test_no_line_is_paid_less_than_nothing_or_more_than_it_asks_for(nets, rate, data):
    owed = amounts.totals([(net, rate) for net in nets]).total
    paid = data.draw(st.decimals(min_value=0, max_value=owed, places=2))

    shares = amounts.paid_shares(nets, owed=owed, paid=paid)

    assert len(shares) == len(nets)
    assert all(0 <= share <= net for share, net in zip(shares, nets, strict=True))


@given(nets, rates)
def test_an_invoice_paid_in_full_pays_each_line_in_full(nets, rate):
    owed = amounts.totals([(net, rate) for net in nets]).total

    assert amounts.paid_shares(nets, owed=owed, paid=owed) == nets


@pytest.mark.parametrize("owed", ["0.00", "75.00"])
def test_what_has_come_in_beyond_what_is_owed_pays_no_line_twice(owed):
    shares = amounts.paid_shares([Decimal(owed)], owed=Decimal(owed), paid=Decimal("80.00"))

    assert shares == [Decimal(owed)]
