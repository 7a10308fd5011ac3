"""The invoicing run in Django admin: choose up to when, look at it by payer, draft, issue.

Here, because it may ask every seller what is unbilled, which the ledger may not.
"""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bookings import invoicing as coaching
from coaching_portal.billing import invoicing_run as run
from coaching_portal.billing.admin.links import change_url, with_addresses
from coaching_portal.billing.amounts import Totals
from coaching_portal.billing.issue_checks import problems_of_items, problems_of_practice
from coaching_portal.billing.models import Invoice, Practice
from coaching_portal.common import formatting
from coaching_portal.common.date_fields import is_within_reach
from coaching_portal.common.dates import london_date
from coaching_portal.common.idempotency import idempotent
from profiles.models import sort_key
from training import invoicing as training

SELLERS = {
    "coaching": ("Coaching sessions", coaching.unbilled),
    "training": ("Places on courses", training.unbilled),
}
# So many fit on one page and into one form; the rest comes on the next round.
MOST = 400

may_draft = permission_required("billing.add_invoice", raise_exception=True)
may_issue = permission_required("billing.issue_invoice", raise_exception=True)


def _page(request, template, **context):
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, template, context)


def _until(values):
    """The date asked for; today where there is none, or none that makes sense."""
    today = london_date(timezone.now())
    try:
        asked = date.fromisoformat(values.get("until", ""))
    except ValueError:
        return today
    return asked if is_within_reach(asked) else today


def _kinds(values):
    return [kind for kind in values.getlist("kind") if kind in SELLERS] or list(SELLERS)


def _unbilled(values):
    """The billable items that the form names: kinds, up to a date, and (when named) only these."""
    billable_items = [item for kind in _kinds(values) for item in SELLERS[kind][1](_until(values))]
    chosen = set(values.getlist("item"))
    return [item for item in billable_items if not chosen or item.key in chosen]


@require_safe
@may_draft
def choose(request):
    """What is unbilled up to a date, by payer, with the problems that stop it from being issued."""
    billable_items = _unbilled(request.GET)
    previews = run.preview(billable_items[:MOST], at=timezone.now())
    return _page(
        request,
        "backoffice/invoicing/choose.html",
        title="Invoice everything up to …",
        until=_until(request.GET),
        kinds=[(kind, name, kind in _kinds(request.GET)) for kind, (name, _) in SELLERS.items()],
        previews=[(each, with_addresses(each.problems)) for each in previews],
        practice_problems=with_addresses(problems_of_practice(Practice.current())),
        count=len(billable_items),
        shown=min(len(billable_items), MOST),
        total=sum(each.totals.total for each in previews),
        drafts_waiting=Invoice.objects.drafts().count(),
    )


@require_POST
@idempotent
@may_draft
def draft(request):
    """Make drafts of the chosen billable items; each is billed once, however often this is sent."""
    if not request.POST.getlist("item"):
        messages.error(request, "Choose something to invoice.")
        return HttpResponseRedirect(reverse("invoicing"))
    at = timezone.now()
    drafts = run.make_drafts(read=lambda: _unbilled(request.POST), by=request.user, at=at)
    for problem in problems_of_items(_unbilled(request.POST)):
        messages.error(request, f"No draft was made: {problem}")
    if not drafts:
        messages.warning(request, "All of that is invoiced already, so no drafts were made.")
        return HttpResponseRedirect(reverse("invoicing_issue"))
    made = formatting.count(len(drafts), "draft")
    messages.success(request, f"{made} made. Look at them, then issue.")
    made = urlencode({"made": at.isoformat()})
    return HttpResponseRedirect(f"{reverse('invoicing_issue')}?{made}")


@dataclass
class _Row:
    """A draft on the page; those of the run that leads here are ticked, or else all."""

    draft: Invoice
    totals: Totals
    problems: list
    is_ticked: bool


def _drafts():
    """Drafts in the order of their payers' names."""
    found = Invoice.objects.drafts().select_related("user", "organisation")
    found = found.prefetch_related("lines").order_by("drafted_at", "pk")[:MOST]
    return sorted(found, key=lambda draft: sort_key(draft.payer_name))


@require_http_methods(["GET", "HEAD", "POST"])
@may_issue
def issue(request):
    """Drafts to tick, and on POST to issue. No key is needed: a draft is issued only once."""
    if request.method == "POST":
        chosen = _drafts_chosen(request.POST.getlist("draft"))
        result = run.issue_all(invoices=chosen, by=request.user, at=timezone.now())
        _say(request, result)
        return HttpResponseRedirect(reverse("invoicing_issue"))
    practice, today = Practice.current(), london_date(timezone.now())
    rows = [
        _Row(
            draft=draft,
            totals=draft.totals_if_issued(practice, today),
            problems=with_addresses(problems),
            is_ticked=request.GET.get("made", "") in ("", draft.drafted_at.isoformat()),
        )
        for draft, problems in run.problems(_drafts(), at=timezone.now())
    ]
    return _page(
        request,
        "backoffice/invoicing/issue.html",
        title="Issue drafts",
        rows=rows,
        total=sum(row.totals.total for row in rows if row.is_ticked),
    )


def _drafts_chosen(keys):
    """Only keys that are drafts' keys count; one that has been issued meanwhile is left alone."""
    return [draft for draft in _drafts() if str(draft.pk) in keys]


def _say(request, result):
    if result.issued:
        first, last = result.issued[0].number, result.issued[-1].number
        numbers = first if first == last else f"{first} to {last}"
        issued = formatting.count(len(result.issued), "invoice")
        messages.success(request, f"{issued} issued: {numbers}.")
    if result.refused:
        messages.error(request, _refusals(result.refused))
    for invoice in result.unsent:
        messages.warning(
            request, f"{invoice.number} was not sent: no email address of {invoice} is known."
        )
    if not result.issued and not result.refused:
        messages.warning(request, "There was nothing left to issue.")


def _refusals(refused):
    reasons = [
        (problem.text, change_url(problem.about), problem.fix)
        for _, problems in refused
        for problem in problems
    ]
    return format_html(
        "{} not issued: {}",
        len(refused),
        format_html_join(" ", '{} <a href="{}">{}</a>', reasons),
    )
