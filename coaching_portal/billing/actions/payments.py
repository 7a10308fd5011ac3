"""Payments and what they are for. A mistake is reversed, never deleted."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from coaching_portal.billing.amounts import NOTHING
from coaching_portal.billing.billable_items import Payer
from coaching_portal.billing.models import Allocation, Invoice, Payment
from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import money
from coaching_portal.common.money_fields import LARGEST
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.transactions import TRIES
from profiles.models import User


class PaymentRefused(Refusal):
    """The payment cannot have happened like this."""


class AllocationRefused(Refusal):
    """There is not so much left of the payment, or of the invoice."""


@transaction.atomic
def record_payment(
    *,
    payer: Payer,
    amount: Decimal,
    received_on: date,
    method: str,
    by: User,
    at: datetime,
    reference: str = "",
    allocate_to: Iterable[tuple[Invoice, Decimal]] = (),
) -> Payment:
    """Record money that came in; `allocate_to` are pairs (invoice, amount)."""
    if amount <= 0:
        raise PaymentRefused("Enter an amount of more than £0.00.")
    if amount > LARGEST:
        raise PaymentRefused(f"Enter an amount of {money(LARGEST)} or less.")
    if received_on > london_date(at):
        raise PaymentRefused("A payment cannot have come in on a later day than today.")
    payment = Payment.objects.create(
        user=payer.user,
        organisation=payer.organisation,
        amount=amount,
        received_on=received_on,
        method=method,
        reference=reference,
        recorded_at=at,
        recorded_by=by,
    )
    for invoice, share in allocate_to:
        allocate(payment=payment, invoice=invoice, amount=share, by=by, at=at)
    return payment


@transaction.atomic
def allocate(
    *, payment: Payment, invoice: Invoice, amount: Decimal, by: User, at: datetime
) -> Allocation:
    """Use so much of a payment for an invoice, or raise AllocationRefused."""
    payment = _lock_payment(payment)
    invoice = _lock_invoice(invoice, at)
    _refuse_unless_left(payment, invoice, amount)
    return Allocation.objects.create(
        payment=payment, invoice=invoice, amount=amount, allocated_at=at, allocated_by=by
    )


def _lock_payment(payment: Payment) -> Payment:
    Payment.objects.select_for_update().get(pk=payment.pk)
    return Payment.objects.with_unallocated().get(pk=payment.pk)


def _lock_invoice(invoice: Invoice, at: datetime) -> Invoice:
    Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    return Invoice.objects.with_balances(london_date(at)).get(pk=invoice.pk)


def _refuse_unless_left(payment: Payment, invoice: Invoice, amount: Decimal) -> None:
    if not invoice.is_issued:
        raise AllocationRefused("A draft cannot be paid: issue it first.")
    if (payment.user_id, payment.organisation_id) != (invoice.user_id, invoice.organisation_id):
        raise AllocationRefused(f"{invoice.number} is not an invoice to this payer.")
    if amount <= 0:
        raise AllocationRefused("Enter an amount of more than £0.00.")
    if amount > payment.unallocated:
        raise AllocationRefused(
            f"This payment has {money(payment.unallocated)} to allocate. Enter that or less."
        )
    if amount > invoice.outstanding:
        outstanding = money(max(invoice.outstanding, NOTHING))
        raise AllocationRefused(
            f"The amount to pay on {invoice.number} is {outstanding}. Enter that or less."
        )


@transaction.atomic
def reverse_allocation(*, allocation: Allocation, by: User, at: datetime) -> None:
    """Take an allocation back: the payment has that much left again. Twice does it once."""
    _lock_payment(allocation.payment)
    if not _reverse(allocation, by=by, at=at) and _has_been_replaced(allocation):
        raise AllocationRefused("A credit has changed this in the meantime. Look at it again.")


def _reverse(allocation: Allocation, *, by: User, at: datetime) -> int:
    live = Allocation.objects.live().filter(pk=allocation.pk)
    return live.update(reversed_at=at, reversed_by=by)


def _has_been_replaced(allocation: Allocation) -> bool:
    """By what a credit has left of it."""
    live = Allocation.objects.live()
    return live.filter(payment=allocation.payment_id, invoice=allocation.invoice_id).exists()


@transaction.atomic
def reverse_payment(*, payment: Payment, reason: str, by: User, at: datetime) -> None:
    """The payment did not come in after all (bounced, entered twice): with its allocations."""
    payment = _lock_payment(payment)
    if payment.is_reversed:
        raise PaymentRefused("This payment has been reversed already.")
    payment.allocations.live().update(reversed_at=at, reversed_by=by)
    payment.reversed_at, payment.reversed_by, payment.reversal_reason = at, by, reason
    payment.save(update_fields=["reversed_at", "reversed_by", "reversal_reason"])


class _PaymentCame(AllocationRefused):
    def __init__(self) -> None:
        super().__init__("A payment has just come in. Look at the invoice again.")


def lock_with_payments(invoice: Invoice) -> Invoice:
    """The invoice, fresh and locked, its payments before it: nobody takes them back meanwhile."""
    tries = 0
    while True:
        tries += 1
        try:
            with transaction.atomic():
                return _lock_payments_then(invoice)
        except _PaymentCame:
            if tries == TRIES:
                raise


def _lock_payments_then(invoice: Invoice) -> Invoice:
    paying = Payment.objects.filter(pk__in=_paying(invoice)).order_by("pk")
    held = set(paying.select_for_update())
    invoice = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
    if not held.issuperset(paying.all()):  # let go, to keep the order: payments first
        raise _PaymentCame
    return invoice


def _paying(invoice: Invoice) -> QuerySet:
    return Allocation.objects.live().filter(invoice=invoice).values("payment")


def release_overpayment(*, invoice: Invoice, by: User, at: datetime) -> None:
    """After a credit: what is paid beyond the rest is taken off the invoice, the latest first.

    It stays with the payment, to be used for another invoice or paid back. The caller holds
    the invoice and its payments.
    """
    overpaid = -Invoice.objects.with_balances(london_date(at)).get(pk=invoice.pk).outstanding
    for allocation in invoice.allocations.live().order_by("-allocated_at", "-pk"):
        if overpaid <= 0:
            break
        _reverse(allocation, by=by, at=at)
        kept = allocation.amount - overpaid
        if kept > 0:
            Allocation.objects.create(
                payment=allocation.payment,
                invoice=invoice,
                amount=kept,
                allocated_at=at,
                allocated_by=by,
            )
        overpaid -= allocation.amount
