"""What can be done with a payment, each on a page that asks first."""

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from coaching_portal.billing import actions, forms
from coaching_portal.billing.admin.links import change_url
from coaching_portal.billing.models import Allocation, Invoice, Payment
from coaching_portal.common.admin import ActionPage
from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import money, short_date
from coaching_portal.common.forms import ConfirmForm, posted
from coaching_portal.common.idempotency import idempotent

may_record = permission_required("billing.add_payment", raise_exception=True)


def _find(pk):
    return get_object_or_404(Payment.objects.with_unallocated(), pk=pk)


@idempotent
@may_record
def record(request):
    today = london_date(timezone.now())

    def act(form):
        payment = actions.record_payment(by=request.user, at=timezone.now(), **form.cleaned_data)
        address = reverse("admin:billing_payment_allocate", args=[payment.pk])
        return f"{money(payment.amount)} has been recorded.", address

    page = ActionPage(
        title="Record a payment",
        button="Record this payment",
        back=reverse("admin:billing_payment_changelist"),
        form=forms.PayerPaymentForm(posted(request), initial={"received_on": today}),
        consequence="The next page asks which invoices it is for.",
        opts=Payment._meta,
    )
    return page.respond(request, act)


@idempotent
@may_record
def allocate(request, pk):
    payment = _find(pk)

    @transaction.atomic
    def act(form):
        for invoice, amount in form.shares():
            actions.allocate(
                payment=payment,
                invoice=invoice,
                amount=amount,
                by=request.user,
                at=timezone.now(),
            )
        return "The payment has been allocated.", change_url(payment)

    page = ActionPage(
        title=f"Allocate {payment}",
        button="Allocate",
        back=change_url(payment),
        form=forms.AllocationForm(
            posted(request),
            invoices=_outstanding(payment),
            unallocated=payment.unallocated,
        ),
        facts=[*_facts(payment), ("To allocate", money(payment.unallocated))],
        consequence=_why_not(payment),
        opts=Payment._meta,
    )
    return page.respond(request, act)


def _why_not(payment):
    if not payment.unallocated:
        return "All of this payment is allocated."
    return "" if _outstanding(payment) else "This payer has no invoice to pay."


def _outstanding(payment):
    """Invoices to its payer with something left to pay, the oldest first."""
    found = Invoice.objects.unpaid(london_date(timezone.now()))
    return found.filter(user=payment.user, organisation=payment.organisation).order_by(
        "due_on", "pk"
    )


def _facts(payment):
    return [
        ("From", payment.organisation or payment.user),
        ("Amount", money(payment.amount)),
        ("Received", short_date(payment.received_on)),
    ]


@idempotent
@may_record
def reverse_payment(request, pk):
    payment = _find(pk)

    def act(form):
        actions.reverse_payment(
            payment=payment,
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
        )
        return "The payment has been reversed.", change_url(payment)

    page = ActionPage(
        title=f"Reverse {payment}",
        button="Reverse this payment",
        back=change_url(payment),
        form=forms.ReasonForm(posted(request)),
        facts=_facts(payment),
        consequence="For money that did not come in after all. The amount to pay on its "
        "invoices goes up by as much.",
        opts=Payment._meta,
    )
    return page.respond(request, act)


@idempotent
@may_record
def remove_allocation(request, pk):
    live = Allocation.objects.live().select_related("payment", "invoice")
    allocation = get_object_or_404(live, pk=pk)
    payment = allocation.payment

    def act(form):
        actions.reverse_allocation(allocation=allocation, by=request.user, at=timezone.now())
        return f"{money(allocation.amount)} is available again.", change_url(payment)

    page = ActionPage(
        title=f"Remove {money(allocation.amount)} from {allocation.invoice}",
        button="Remove allocation",
        back=change_url(payment),
        form=ConfirmForm(posted(request)),
        facts=_facts(payment),
        consequence="The amount to pay on the invoice goes up by as much.",
        opts=Payment._meta,
    )
    return page.respond(request, act)
