"""My learning: places, bookings, and the way into the course."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching_portal.billing.models import Invoice
from training.emails import invitations
from training.models import Cohort, CourseBooking, Enrolment, WaitingListPlace


@require_safe
def learning(request):
    at = timezone.now()
    upcoming, past = _places(request.user, at)
    next_place, next_session = _next(upcoming, at)
    return render(
        request,
        "training/learning.html",
        {
            "next_place": next_place,
            "next_session": next_session,
            "upcoming": upcoming,
            "past": past,
            "bookings": CourseBooking.objects.visible_to(request.user)
            .with_details()
            .order_by("-booked_at", "-pk"),
            "waiting": _waiting(request.user, at),
        },
    )


def _places(user, at):
    """The user's live places: those still to come, the next first, and those over."""
    places = Enrolment.objects.of(user).live().with_cohorts().select_related("booking")
    ordered = sorted(places, key=lambda place: (place.cohort.begins_at, place.pk))
    upcoming = [place for place in ordered if place.cohort.finishes_at > at]
    past = [place for place in reversed(ordered) if place.cohort.finishes_at <= at]
    return upcoming, past


def _next(upcoming, at):
    """The teaching session that is on or comes next, whichever course it is of, and its place."""
    ahead = [
        (place, session)
        for place in upcoming
        for session in place.cohort.sessions
        if session.ends_at > at
    ]
    return min(ahead, key=lambda pair: pair[1].starts_at, default=(None, None))


def _waiting(user, at):
    """The user's places in line, each with whether places are offered."""
    waiting = WaitingListPlace.objects.visible_to(user).waiting().in_line()
    rows = list(waiting.select_related("user", "organisation"))
    cohorts = Cohort.objects.with_details().in_bulk({row.cohort_id for row in rows})
    for row in rows:
        row.cohort = cohorts[row.cohort_id]
        row.is_offered = row.has_offer(at)
    return rows


def _booking(request, uuid):
    bookings = CourseBooking.objects.visible_to(request.user).with_details()
    return get_object_or_404(bookings, uuid=uuid)


@require_safe
def booking(request, uuid):
    found = _booking(request, uuid)
    is_changeable = not found.cohort.has_begun(timezone.now())
    context = {
        "booking": found,
        "cohort": found.cohort,
        "is_changeable": is_changeable,
        "invoice": _invoice(request.user, found),
    }
    return render(request, "training/booking.html", context)


def _invoice(user, booking):
    """The invoice of the booking, once it is issued, where the user may read it."""
    line = booking.invoice_line
    readable = Invoice.objects.issued().visible_to(user)
    return readable.filter(pk=line.invoice_id).first() if line else None


@require_safe
def booked(request, uuid):
    """Enrolled: what was bought, and what happens next."""
    found = _booking(request, uuid)
    waiting = found.cohort.waiting_list.waiting().filter(user=request.user).first()
    context = {
        "booking": found,
        "cohort": found.cohort,
        "waiting": waiting,
        "own_place": next((p for p in found.live_places if p.learner_id == request.user.pk), None),
    }
    return render(request, "training/booked.html", context)


@require_safe
def calendar(request, uuid):
    """The learner's teaching sessions as a calendar file."""
    places = Enrolment.objects.of(request.user).live().select_related("cohort__course")
    place = get_object_or_404(places, uuid=uuid)
    return HttpResponse(
        invitations.calendar_file(place, at=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{place.cohort.code}.ics"'},
    )
