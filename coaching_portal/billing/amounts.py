"""Money, exactly: the only place that rounds. Half up, once per line and once per VAT rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

PENNY = Decimal("0.01")
NOTHING = Decimal("0.00")


def to_pence(amount: Decimal) -> Decimal:
    """Rounded half up (away from zero on a tie, as PostgreSQL's round() does)."""
    return amount.quantize(PENNY, rounding=ROUND_HALF_UP)


def session_price(rate: Decimal, minutes: int) -> Decimal:
    """What a session of so many minutes costs at a rate for an hour."""
    return to_pence(Decimal(rate) * minutes / 60)


def line_net(quantity: Decimal, unit_price: Decimal) -> Decimal:
    return to_pence(Decimal(quantity) * Decimal(unit_price))


def vat_on(net: Decimal, rate: Decimal) -> Decimal:
    """VAT on a sum; `rate` is in per cent."""
    return to_pence(net * rate / 100)


@dataclass(frozen=True)
class RateSum:
    """All lines of one VAT rate together."""

    rate: Decimal
    net: Decimal
    vat: Decimal

    @property
    def total(self) -> Decimal:
        return self.net + self.vat


@dataclass(frozen=True)
class Totals:
    net: Decimal
    vat: Decimal
    rates: tuple[RateSum, ...]

    @property
    def total(self) -> Decimal:
        return self.net + self.vat


def net_by_rate(lines: Iterable[tuple[Decimal, Decimal]]) -> dict[Decimal, Decimal]:
    """Lines are pairs of net amount and rate."""
    sums: dict[Decimal, Decimal] = {}
    for net, rate in lines:
        sums[rate] = sums.get(rate, NOTHING) + net
    return sums


def totals(lines: Iterable[tuple[Decimal, Decimal]]) -> Totals:
    """Net, VAT and total of lines (net, rate): VAT is rounded once per rate, not per line."""
    sums = net_by_rate(lines)
    return _totals(RateSum(rate, sums[rate], vat_on(sums[rate], rate)) for rate in sorted(sums))


def credit_totals(
    lines: Iterable[tuple[Decimal, Decimal]], *, before: Iterable[tuple[Decimal, Decimal]]
) -> Totals:
    """What a credit of these lines comes to, when those `before` have been credited already.

    Each credit takes the VAT of everything credited so far less the VAT already given back, so
    that partial credits add up to the invoice's VAT to the penny, however they are cut.
    """
    now, earlier = net_by_rate(lines), net_by_rate(before)
    return _totals(
        RateSum(rate, now[rate], _further_vat(now[rate], earlier.get(rate, NOTHING), rate))
        for rate in sorted(now)
    )


def paid_shares(nets: Iterable[Decimal], *, owed: Decimal, paid: Decimal) -> list[Decimal]:
    """What is paid of each line of an invoice, before VAT.

    `nets` are the lines' amounts after credits, `paid` is what has come in of the `owed` that they
    come to with VAT. Each line takes the share paid of all lines up to it, less what those before
    it took: so the lines add up to the penny, and none is paid more than it asks for.
    """
    shares, asked, taken = [], NOTHING, NOTHING
    for net in nets:
        asked += net
        so_far = to_pence(asked * min(paid, owed) / owed) if owed > 0 else NOTHING
        shares.append(so_far - taken)
        taken = so_far
    return shares


def _further_vat(net: Decimal, before: Decimal, rate: Decimal) -> Decimal:
    return vat_on(before + net, rate) - vat_on(before, rate)


def _totals(rates: Iterable[RateSum]) -> Totals:
    rates = tuple(rates)
    return Totals(
        net=sum((each.net for each in rates), NOTHING),
        vat=sum((each.vat for each in rates), NOTHING),
        rates=rates,
    )
