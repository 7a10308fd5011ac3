"""Why part of an issued invoice is to be credited, as those who sell tell the ledger.

An app says in `AppConfig.ready()` for which reasons it owes something back:

    credit_reasons.register("Waived sessions to credit", reason="…", owed_back=…, waiting=…)

The page that credits an invoice proposes these amounts, and the office's first page counts what
waits for each reason.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from coaching_portal.common import to_do


@dataclass(frozen=True)
class CreditReason:
    """`reason` is proposed for the credit note.

    `owed_back(invoice)` gives {line: amount before VAT}, less what has been credited already.
    """

    reason: str
    owed_back: Callable[..., dict[Any, Decimal]]


@dataclass(frozen=True)
class Proposal:
    """What one invoice owes back: {line: amount before VAT}, and why in words."""

    amounts: dict = field(default_factory=dict)
    reason: str = ""


_reasons: dict[str, CreditReason] = {}


def register(
    name: str, *, reason: str, owed_back: Callable[..., Any], waiting: Callable[[], QuerySet]
) -> None:
    """Enter a reason in the list, and as `name` on the office's first page.

    `waiting()` gives the rows that led to it, which the admin lists when asked for `to_credit`.
    """
    _reasons[name] = CreditReason(reason, owed_back)
    to_do.register(name, 40, lambda at: (waiting(), "to_credit=yes"))


def all_reasons() -> list[CreditReason]:
    return list(_reasons.values())


def proposal(invoice: Any) -> Proposal:
    """What is to be credited of an issued invoice, for all reasons together."""
    amounts, words = {}, []
    for each in all_reasons():
        found = each.owed_back(invoice)
        amounts.update(found)
        words += [each.reason] if found else []
    return Proposal(amounts, "; ".join(words))
