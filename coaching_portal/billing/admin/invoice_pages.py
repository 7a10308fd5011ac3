"""What can be done with one invoice, each on a page that asks first."""

from decimal import Decimal
from typing import cast

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching_portal.billing import actions, credit_reasons, csv_export, emails, forms
from coaching_portal.billing.admin.links import change_url, with_addresses
from coaching_portal.billing.issue_checks import problems_of_invoice
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.billing.views import pdf_response
from coaching_portal.common.admin import ActionPage
from coaching_portal.common.dates import london_date
from coaching_portal.common.formatting import money, short_date
from coaching_portal.common.forms import ConfirmForm, posted
from coaching_portal.common.idempotency import idempotent

may_issue = permission_required("billing.issue_invoice", raise_exception=True)
may_view = permission_required("billing.view_invoice", raise_exception=True)
may_record = permission_required("billing.add_payment", raise_exception=True)


def _find(pk, *related):
    today = london_date(timezone.now())
    found = Invoice.objects.with_balances(today).select_related("user", "organisation")
    return get_object_or_404(found.prefetch_related(*related), pk=pk)


def _page(invoice, **fields):
    return ActionPage(back=change_url(invoice), opts=Invoice._meta, **fields)


@require_safe
@may_view
def pdf(request, pk):
    issued = Invoice.objects.issued().select_related("document")
    return pdf_response(get_object_or_404(issued, pk=pk))


@idempotent
@may_issue
def issue(request, pk):
    invoice, practice = _find(pk, "lines"), Practice.current()
    today = london_date(timezone.now())
    totals = invoice.totals_if_issued(practice, today)

    def act(form):
        issued = actions.issue(invoice=invoice, by=request.user, at=timezone.now())
        return f"{issued.number} has been issued and sent.", change_url(issued)

    page = _page(
        invoice,
        title=f"Issue the invoice to {invoice.payer_name}",
        button=f"Issue this invoice, {money(totals.total)}",
        form=ConfirmForm(posted(request)),
        facts=[
            ("To", invoice.payer_name),
            ("Purchase order", invoice.purchase_order or "–"),
            ("Lines", invoice.lines.count()),
            ("Net", money(totals.net)),
            ("VAT", money(totals.vat)),
            ("Total", money(totals.total)),
        ],
        consequence="It takes the next number and is sent to its payer. After that it never "
        "changes: a mistake is put right with a credit note.",
        problems=with_addresses(problems_of_invoice(invoice, practice, today)),
    )
    return page.respond(request, act)


@idempotent
@may_issue
def credit(request, pk):
    invoice = _find(pk)

    def act(form):
        note = actions.credit(
            invoice=invoice,
            amounts=form.amounts(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=timezone.now(),
            release=form.releases(),
        )
        return f"{note.number} takes {money(cast(Decimal, note.total))} off.", change_url(invoice)

    proposal = credit_reasons.proposal(invoice)
    initial = {"reason": proposal.reason, "release": "no"} if proposal.amounts else {}
    page = _page(
        invoice,
        title=f"Credit {invoice}",
        button="Issue this credit note",
        form=forms.CreditForm(
            posted(request),
            left=actions.left_to_credit(invoice),
            proposed=proposal.amounts,
            initial=initial,
        ),
        facts=_amounts(invoice),
        consequence="The credit note takes the next number of its series and is sent to the "
        "payer. What has been paid beyond the rest stays with its payment.",
    )
    return page.respond(request, act)


@idempotent
@may_record
def pay(request, pk):
    invoice = _find(pk)
    today = london_date(timezone.now())

    def act(form):
        share = min(form.cleaned_data["amount"], invoice.outstanding)
        payment = actions.record_payment(
            payer=invoice.payer,
            by=request.user,
            at=timezone.now(),
            allocate_to=[(invoice, share)] if share > 0 else [],
            **form.cleaned_data,
        )
        return f"{money(payment.amount)} has been recorded.", change_url(invoice)

    initial = {"amount": invoice.outstanding, "received_on": today}
    page = _page(
        invoice,
        title=f"Record a payment of {invoice}",
        button="Record this payment",
        form=forms.PaymentForm(posted(request), initial=initial),
        facts=_amounts(invoice),
        consequence="What is more than the invoice needs stays with the payment, to be used for "
        "another one.",
    )
    return page.respond(request, act)


@idempotent
@may_issue
def send_again(request, pk):
    invoice = _find(pk)

    def act(form):
        actions.send_again(invoice=invoice, at=timezone.now())
        return f"{invoice.number} is sent again.", change_url(invoice)

    page = _page(
        invoice,
        title=f"Send {invoice} again",
        button="Send it again",
        form=ConfirmForm(posted(request)),
        facts=[
            ("To", invoice.payer_name),
            ("Email", _addresses(invoice) or "no email address is known"),
        ],
    )
    return page.respond(request, act)


def _addresses(invoice):
    known = emails.addresses(invoice.payer)
    return ", ".join(each.get("address") or each["recipient"].email for each in known)


def _amounts(invoice):
    if not invoice.is_issued:
        return [("Status", "Draft")]
    return [
        ("To", invoice.payer_name),
        ("Issued", short_date(invoice.issued_on)),
        ("Total", money(invoice.total)),
        ("Credited", money(invoice.credited)),
        ("Paid", money(invoice.paid)),
        ("Amount to pay", money(invoice.outstanding)),
    ]


@require_safe
@may_view
def accountant(request):
    """The CSV file of a period; the page that asks for the period until there is one."""
    today = london_date(timezone.now())
    form = forms.PeriodForm(
        request.GET or None, initial={"since": today.replace(month=1, day=1), "until": today}
    )
    if request.GET and form.is_valid():
        return _csv_file(today, **form.cleaned_data)
    page = ActionPage(
        title="Invoices for the accountant",
        button="Download the CSV file",
        back=reverse("admin:billing_invoice_changelist"),
        form=form,
        consequence="Invoices and credit notes issued in the period, one row each.",
        opts=Invoice._meta,
        is_download=True,
    )
    return page.respond(request, act=None)


def _csv_file(today, *, since, until):
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"invoices-{since}-to-{until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    csv_export.write_csv(response, since=since, until=until, on=today)
    return response
