"""Sessions as the ledger wants them: finished words and numbers."""

from datetime import date
from decimal import Decimal

from django.db.models import Q

from bookings.models import CoachingSession
from coaching_portal.billing import credit_reasons
from coaching_portal.billing.billable_items import BillableItem, Payer
from coaching_portal.billing.models import Invoice, InvoiceLine
from coaching_portal.common.dates import DAY, london_date, london_midnight
from coaching_portal.common.formatting import short_date

# Completed counts only once confirmed, by the coach or by three days' silence.
_SETTLED = Q(status="COMPLETED", confirmed_at__isnull=False) | Q(
    status__in=["NO_SHOW", "CANCELLED_LATE"]
)
_HAS_A_PAYER = Q(organisation__isnull=False) | Q(client__isnull=False)


def unbilled(until: date) -> list[BillableItem]:
    """Charges for what is owed and on no invoice yet, of sessions up to that date in London."""
    sessions = CoachingSession.objects.filter(
        _SETTLED,
        _HAS_A_PAYER,
        waived_at__isnull=True,
        price__gt=0,
        invoice_line__isnull=True,
        starts_at__lt=london_midnight(until + DAY),
    )
    sessions = sessions.select_related("client", "organisation").order_by("starts_at", "pk")
    return [billable_item(session) for session in sessions]


def owed_back(invoice: Invoice) -> dict[InvoiceLine, Decimal]:
    """{line: amount before VAT} of sessions on this invoice that were waived, not yet credited."""
    waived = CoachingSession.objects.waived_on_issued_invoices()
    found = waived.filter(invoice_line__invoice=invoice).select_related("invoice_line")
    rows = found.order_by("pk")
    return {row.invoice_line: row.to_credit for row in rows if row.invoice_line}


def register_credit_reasons() -> None:
    credit_reasons.register(
        "Waived sessions to credit",
        reason="Charge waived",
        owed_back=owed_back,
        waiting=CoachingSession.objects.waived_on_issued_invoices,
    )


def billable_item(session: CoachingSession) -> BillableItem:
    return BillableItem(
        key=f"session:{session.uuid}",
        payer=_payer(session),
        description=_neutral_words(session),
        supplied_on=london_date(session.starts_at),
        quantity=Decimal(1),
        unit_price=session.price,
        sold=session,
    )


def _payer(session: CoachingSession) -> Payer:
    if session.organisation:
        return Payer(organisation=session.organisation, purchase_order=session.purchase_order)
    return Payer(user=session.client)


def _neutral_words(session: CoachingSession) -> str:
    """Date and kind of service; never a goal, a topic or a name."""
    kind, day = session.get_kind_display(), short_date(london_date(session.starts_at))
    if session.status == CoachingSession.Status.CANCELLED_LATE:
        return f"{kind}, {day}, cancelled late"
    if session.status == CoachingSession.Status.NO_SHOW:
        return f"{kind}, {day}, not attended"
    return f"{kind}, {session.minutes} minutes, {day}"
