"""What a payer sees: the invoices to them, and their papers as they were stored."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coaching_portal.billing import documents
from coaching_portal.billing.models import CreditNote, Invoice
from coaching_portal.common.dates import london_date


def _visible(request):
    invoices = Invoice.objects.visible_to(request.user)
    return invoices.with_balances(london_date(timezone.now()))


@require_safe
@never_cache
def invoices(request):
    found = list(_visible(request).newest_first())
    unpaid = [invoice for invoice in found if not invoice.is_settled]
    context = {
        "unpaid": unpaid,
        "settled": [invoice for invoice in found if invoice.is_settled],
        "outstanding": sum(invoice.outstanding for invoice in unpaid),
    }
    return render(request, "billing/invoices.html", context)


@require_safe
@never_cache
def invoice(request, uuid):
    found = get_object_or_404(_visible(request), uuid=uuid)
    context = {
        "invoice": found,
        "sheet": documents.invoice_sheet(found),
        "credit_notes": found.credit_notes.order_by("issued_at", "pk"),
        "allocations": found.allocations.live().select_related("payment").order_by("pk"),
    }
    return render(request, "billing/invoice.html", context)


@require_safe
@never_cache
def invoice_pdf(request, uuid):
    found = Invoice.objects.visible_to(request.user).select_related("document")
    return pdf_response(get_object_or_404(found, uuid=uuid))


@require_safe
@never_cache
def credit_note_pdf(request, uuid, credit_note):
    found = CreditNote.objects.filter(
        invoice__uuid=uuid, invoice__in=Invoice.objects.visible_to(request.user)
    )
    return pdf_response(get_object_or_404(found.select_related("document"), uuid=credit_note))


def pdf_response(issued):
    """The stored bytes of an issued document, to be saved under its number."""
    if issued.document.is_forgotten:
        raise Http404("This document is no longer kept.")
    response = HttpResponse(bytes(issued.document.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{issued.number}.pdf"'
    return response
