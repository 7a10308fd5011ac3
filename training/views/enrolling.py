"""Enrolling: who it is for, check your answers, or the waiting list."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from coaching_portal.common import rate_limits
from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform
from coaching_portal.notifications import contact
from profiles.models import Membership, Organisation
from training import actions
from training.forms import EnrolForms, TermsForm, WaitingForm
from training.models import EnrolmentTerms
from training.views.catalogue import find_cohort
from training.views.drafts import Draft


def contact_organisations(user):
    """Those whose staff the user may enrol."""
    return Organisation.objects.filter(
        memberships__user=user, memberships__role=Membership.Role.TRAINING_CONTACT
    ).by_name()


def _turned_away(request, cohort):
    """Where to go instead, once enrolment has closed."""
    if not cohort.is_open(timezone.now()):
        messages.info(request, "Enrolment for this course date has closed.")
        return redirect(cohort)
    return None


def enrol(request, code):
    """Step one: for whom. Without a script, “Add another delegate” comes back with all typed."""
    cohort = find_cohort(request, code)
    if not cohort.is_open(timezone.now()):
        return _turned_away(request, cohort)
    organisations = contact_organisations(request.user)
    offered = [row for row in cohort.line if row.user_id == request.user.pk and row.offered]
    if offered and not organisations:
        return redirect("training:offer", offered[0].uuid)
    if not cohort.places_left_for(request.user):
        return redirect("training:waiting_list", cohort.code)

    draft = Draft(request, cohort)
    forms = EnrolForms(
        user=request.user,
        organisations=organisations,
        who=_who(request, draft, organisations),
        draft=draft,
        data=posted(request),
    )
    if request.method == "POST":
        answer = _take_down(request, cohort, draft, forms)
        if answer:
            return answer
    context = {"cohort": cohort, "forms": forms, "organisations": organisations}
    return render(request, "training/enrol.html", context)


def _who(request, draft, organisations):
    asked = request.GET.get("for") or draft.get("who") or "team"
    return "team" if asked == "team" and organisations else "me"


def _take_down(request, cohort, draft, forms):
    """Keep what was typed; give the next page, or None where something is to be mended."""
    typed = forms.typed()
    here = reverse("training:enrol", args=[cohort.code]) + f"?for={forms.who}"
    if "add" in request.POST:
        typed["delegates"].append({})
        draft.save(typed)
        return redirect(f"{here}#delegate-{len(typed['delegates'])}")
    if "remove" in request.POST:
        typed["delegates"] = _without(typed["delegates"], request.POST["remove"])
        draft.save(typed)
        return redirect(f"{here}#delegates")
    if not forms.are_valid():
        return None
    draft.save(typed, is_complete=True)
    return redirect("training:check", cohort.code)


def _without(rows, number):
    return [row for index, row in enumerate(rows) if str(index) != number] or [{}]


@idempotent
def check(request, code):
    """Step two: check your answers, accept the terms, and enrol."""
    cohort = find_cohort(request, code)
    if not cohort.is_open(timezone.now()):
        return _turned_away(request, cohort)
    draft = Draft(request, cohort)
    order = draft.order(request.user, contact_organisations(request.user))
    if order is None:
        return redirect("training:enrol", cohort.code)

    form = TermsForm(posted(request), terms=EnrolmentTerms.current())
    left = cohort.places_left_for(request.user)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            answer = _act(request, cohort, order, form.terms, left)
        except actions.CohortFull as full:
            left, status = full.left, 409
            form.add_error(None, str(full))
        except Refusal as refusal:
            status = 409 if isinstance(refusal, actions.CohortBusy) else 200
            form.add_error(None, str(refusal))
        else:
            draft.forget()
            return answer
    context = {"cohort": cohort, "form": form, **_on_the_page(cohort, order, left)}
    return render(request, "training/check.html", context, status=status)


def _on_the_page(cohort, order, left):
    learners = order["learners"]
    price = cohort.course.price
    return {
        **order,
        "left": left,
        "wanted": len(learners),
        "first": learners[:left],
        "waiting": len(learners) - left,
        "is_enough": left >= len(learners),
        "price": price,
        "total": price * len(learners),
        "total_now": price * left,
    }


def _act(request, cohort, order, terms, left):
    """Enrol everybody; or, as was asked, the first so many; or nobody yet."""
    at, answer = timezone.now(), request.POST.get("answer", "enrol")
    learners = order["learners"]
    if answer == "wait":
        _join_waiting_list(
            request, cohort, places=len(learners), organisation=order["organisation"]
        )
        return _waits(request)
    now = _first_so_many(request, len(learners)) if answer == "split" else len(learners)
    is_for_others = any(learner.email for learner in learners) and order["organisation"]
    if is_for_others and not ratelimit.consume(request, action="name_delegates", user=request.user):
        return ratelimit.respond_429(request)
    if now > left:
        raise actions.CohortFull(left)  # seen without a lock: those who come late do not queue
    counted = rate_limits.count(request, "enrol")
    if not counted:
        raise Refusal(
            "You have enrolled many times in a short while, and each sends emails. "
            f"Wait an hour and try again, or contact us: {contact.ways()}."
        )
    try:
        booking = actions.enrol(
            cohort=cohort,
            by=request.user,
            at=at,
            terms=terms,
            waiting=len(learners) - now,
            accepted_from=get_adapter().get_client_ip(request),
            **{**order, "learners": learners[:now]},
        )
    except Refusal:
        counted.rollback()
        raise
    return redirect("training:booked", booking.uuid)


def _first_so_many(request, wanted):
    """How many the page offered to enrol now; at least one, and not more than were asked for."""
    number = request.POST.get("now", "")
    is_number = number.isdecimal() and len(number) < 5
    return min(max(int(number), 1), wanted) if is_number else wanted


def _join_waiting_list(request, cohort, **wanted):
    """Joining sends a message each time: not without end, in turn with leaving."""
    if not rate_limits.count(request, "waiting_list"):
        raise Refusal(
            "You have joined waiting lists many times in a short while. "
            f"Wait an hour and try again, or contact us: {contact.ways()}."
        )
    return actions.join_waiting_list(cohort=cohort, by=request.user, at=timezone.now(), **wanted)


def _waits(request):
    messages.success(request, "You are on the waiting list. We have sent you an email about it.")
    return redirect("training:learning")


@idempotent
def waiting_list(request, code):
    """For a cohort without places: wait, for oneself or for staff."""
    cohort = find_cohort(request, code)
    if not cohort.is_open(timezone.now()):
        return _turned_away(request, cohort)
    organisations = contact_organisations(request.user)
    form = WaitingForm(posted(request), organisations=organisations)
    if request.method == "POST" and form.is_valid():
        wanted = {"request": request, "cohort": cohort, **form.wanted}
        if perform(request, _join_waiting_list, form=form, **wanted):
            return _waits(request)
    context = {
        "cohort": cohort,
        "form": form,
        "offer_hours": settings.WAITING_LIST_OFFER_HOURS,
    }
    return render(request, "training/waiting_list.html", context)
