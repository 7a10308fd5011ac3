"""The office's page for a cancelled course date: every invoice to credit, with one button."""

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from coaching_portal.common import formatting
from coaching_portal.common.dates import london_date
from coaching_portal.common.idempotency import idempotent
from training import actions
from training.models import Cohort


def address(cohort):
    return reverse("admin:training_cohort_credits", args=[cohort.pk])


@idempotent
@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("billing.issue_invoice", raise_exception=True)
def cohort_credits(request, pk):
    """What is to be credited and repaid; on POST credit it, each invoice with a note of its own."""
    cohort = get_object_or_404(Cohort.objects.select_related("course"), pk=pk)
    at = timezone.now()
    if request.method == "POST":
        _say(request, actions.credit_cohort(cohort=cohort, by=request.user, at=at))
        return HttpResponseRedirect(address(cohort))
    credits = actions.cohort_credits(cohort=cohort, on=london_date(at))
    context = {
        **admin.site.each_context(request),
        "title": f"Credit what was invoiced for {cohort}",
        "cohort": cohort,
        "opts": Cohort._meta,
        "credits": credits,
        "to_do": [each for each in credits if each.is_to_do],
        "total": sum(each.totals.total for each in credits),
        "to_repay": sum(each.to_repay for each in credits),
    }
    return TemplateResponse(request, "training/admin/cohort_credits.html", context)


def _say(request, result):
    if result.issued:
        numbers = ", ".join(note.number for note in result.issued)
        words = formatting.count(len(result.issued), "credit note")
        messages.success(request, f"{words} issued and sent: {numbers}.")
    for invoice, reason in result.refused:
        messages.error(request, f"{invoice.number} was not credited: {reason}")
    if not result.issued and not result.refused:
        messages.warning(request, "There was nothing left to credit.")
