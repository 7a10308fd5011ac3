"""What the customer does with places: name, pass on, cancel; offers, and leaving a waiting list."""

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from coaching_portal.common.forms import posted
from coaching_portal.common.idempotency import idempotent
from coaching_portal.common.refusals import Refusal
from coaching_portal.common.views import perform
from training import actions
from training.forms import LearnerForm, OfferForm
from training.models import Cohort, CourseBooking, Enrolment, EnrolmentTerms, WaitingListPlace


def _place(request, uuid):
    places = Enrolment.objects.manageable_by(request.user).live().with_cohorts()
    return get_object_or_404(places.select_related("booking"), uuid=uuid)


@idempotent
def name(request, uuid):
    """Say who a place is for."""
    return _ask_for_learner(
        request,
        _place(request, uuid),
        actions.name_learner,
        title="Name the delegate",
        limit="name_delegates",
    )


@idempotent
def pass_on(request, uuid):
    """Pass a named place on to another person."""
    return _ask_for_learner(
        request,
        _place(request, uuid),
        actions.substitute,
        title="Pass the place on",
        limit="pass_on",
    )


def _ask_for_learner(request, place, action, *, title, limit):
    form = LearnerForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action=limit, user=request.user):
            return ratelimit.respond_429(request)
        said = f"The place is {form.cleaned_data['name']}'s. Joining instructions follow."
        what = {"place": place, "by": request.user, "at": timezone.now(), **form.cleaned_data}
        if perform(request, action, said, form=form, **what):
            return redirect(place.booking)
    context = {"form": form, "place": place, "cohort": place.cohort, "title": title}
    return render(request, "training/learner.html", context)


@idempotent
def cancel(request, uuid):
    """One place: the consequence first, then the button."""
    place = _place(request, uuid)
    booking = CourseBooking.objects.with_details().get(pk=place.booking_id)
    return _ask_to_cancel(
        request, booking, [place], lambda **by_at: actions.cancel_place(place=place, **by_at)
    )


@idempotent
def cancel_booking(request, uuid):
    """Every place of a booking that is left."""
    bookings = CourseBooking.objects.visible_to(request.user).with_details()
    booking = get_object_or_404(bookings, uuid=uuid)
    return _ask_to_cancel(
        request,
        booking,
        booking.live_places,
        lambda **by_at: actions.cancel_booking(booking=booking, **by_at),
    )


def _ask_to_cancel(request, booking, places, act):
    at = timezone.now()
    if not booking.can_be_cancelled(at):
        messages.info(request, "There is nothing here that can still be cancelled.")
        return redirect(booking)
    fee = booking.fee_if_cancelled(at) * len(places)
    # The fee can change at midnight: nobody pays another one than they were shown.
    if request.method == "POST" and request.POST.get("fee") == str(fee):
        said = "Cancelled. We have emailed everyone affected."
        perform(request, act, said, by=request.user, at=at)
        return redirect(booking)
    context = {
        "booking": booking,
        "cohort": booking.cohort,
        "places": places,
        "number": len(places),
        "fee": fee,
    }
    return render(request, "training/cancel.html", context)


@idempotent
def offer(request, uuid):
    """Places that came free: the terms, and the button that accepts them."""
    waiting = _waiting(request, uuid)
    if not waiting.has_offer(timezone.now()):
        messages.info(request, str(actions.OfferEnded()))
        return redirect("training:learning")
    cohort = Cohort.objects.with_details().get(pk=waiting.cohort_id)
    form = OfferForm(
        posted(request), terms=EnrolmentTerms.current(), waiting=waiting, user=request.user
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            booking = actions.accept_offer(
                waiting=waiting,
                by=request.user,
                at=timezone.now(),
                terms=form.terms,
                accepted_from=get_adapter().get_client_ip(request),
                **form.order,
            )
        except Refusal as refusal:
            status = 409 if isinstance(refusal, actions.CohortBusy) else 200
            form.add_error(None, str(refusal))
        else:
            return redirect("training:booked", booking.uuid)
    others = Enrolment.objects.of(request.user).live().filter(cohort__course=cohort.course)
    context = {
        "form": form,
        "waiting": waiting,
        "cohort": cohort,
        "others": list(others.with_cohorts()) if waiting.organisation_id is None else [],
    }
    return render(request, "training/offer.html", context, status=status)


@require_POST
@idempotent
def decline_offer(request, uuid):
    waiting = _waiting(request, uuid)
    perform(request, actions.decline_offer, _declined, waiting=waiting, at=timezone.now())
    return redirect("training:learning")


def _declined(waiting):
    if waiting.is_waiting:
        return (
            "You have declined the offer. You stay on the waiting list until more places are free."
        )
    return "You have declined the offer. You are no longer on the waiting list."


def _waiting(request, uuid):
    rows = WaitingListPlace.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("organisation"), uuid=uuid)


@require_POST
def leave_waiting_list(request, uuid):
    rows = WaitingListPlace.objects.visible_to(request.user)
    actions.leave_waiting_list(waiting=get_object_or_404(rows, uuid=uuid), at=timezone.now())
    messages.success(request, "You are no longer on the waiting list.")
    return redirect("training:learning")
