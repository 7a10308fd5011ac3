"""Public texts: how coaching works, contact, privacy, accessibility, terms; and enquiries."""

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings import cancellation
from bookings.actions import enquiries
from bookings.models import BookingRules, Enquiry
from bookings.presenters.next_times import usual_length
from bookings.pricing import (
    INTRODUCTION_MINUTES,
    booking_rules_for,
    cancellation_notices,
    hourly_rates,
)
from coaching_portal.billing.amounts import session_price
from coaching_portal.common.formatting import money
from coaching_portal.common.idempotency import idempotent
from coaching_portal.website.forms import ComplaintForm, ContactForm, TeamEnquiryForm
from profiles.actions import complaints
from profiles.models import Coach, DataComplaint


def _text(template):
    """A page of words only."""

    @login_not_required
    @require_safe
    def view(request):
        return render(request, template)

    return view


privacy = _text("website/privacy.html")
accessibility = _text("website/accessibility.html")


@login_not_required
@require_safe
def terms(request):
    an_hour = rate_in_words(hourly_rates(Coach.objects.public()))
    context = {"cancelling": _cancelling(), "an_hour": an_hour}
    return render(request, "website/terms.html", context)


def rate_in_words(rates):
    """£75.00 an hour; £60.00 to £90.00 an hour, depending on your coach."""
    lowest, highest = money(rates[0]), money(rates[-1])
    if lowest == highest:
        return f"{lowest} an hour"
    return f"{lowest} to {highest} an hour, depending on your coach"


def _cancelling():
    """The rule of late cancellation, true for every coach who can be booked."""
    return cancellation.rule_for_coaches(cancellation_notices(Coach.objects.public()))


@login_not_required
@require_safe
def coaching(request):
    """What coaching is, and the prices, where they are the same with every coach."""
    coaches = list(Coach.objects.public().in_order())
    rates = hourly_rates(coaches)
    prices = [(minutes, session_price(rates[0], minutes)) for minutes in BookingRules().lengths]
    coach = coaches[0] if coaches else None  # with whom booking begins
    length = (
        usual_length(coach, booking_rules_for(coach), request.user)
        if coach
        else INTRODUCTION_MINUTES
    )
    context = {
        "an_hour": rate_in_words(rates),
        "prices": prices if len(rates) == 1 else [],
        "cancelling": _cancelling(),
        "is_first_conversation": length == INTRODUCTION_MINUTES,
    }
    return render(request, "website/coaching.html", context)


@login_not_required
@idempotent
def team_enquiry(request):
    """Four questions, a page to check the answers, then thanks with a reference."""
    form = TeamEnquiryForm(request.POST or None)
    if request.method != "POST" or "change" in request.POST or not form.is_valid():
        if "change" in request.POST:
            form = TeamEnquiryForm(initial=request.POST.dict())
        return render(request, "website/team_enquiry.html", {"form": form})
    if "send" not in request.POST:
        return render(request, "website/team_enquiry_check.html", {"form": form})
    return _take(request, form, Enquiry.Subject.TEAM)


@login_not_required
@idempotent
def contact(request):
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _take(request, form, Enquiry.Subject.MESSAGE)
    return render(request, "website/contact.html", {"form": form})


@login_not_required
@idempotent
def complaint(request):
    """About data protection, signed in or not."""
    user = request.user
    own = {"name": user.name, "email": user.email} if user.is_authenticated else {}
    form = ComplaintForm(request.POST or None, initial=own)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(request, action="complaint"):
            return ratelimit.respond_429(request)
        received = complaints.complain(at=timezone.now(), **form.cleaned_data)
        return redirect("complaint_received", uuid=received.uuid)
    return render(request, "website/complaint.html", {"form": form})


@login_not_required
@require_safe
def complaint_received(request, uuid):
    """The reference; nothing of what was written, for the address may be passed on."""
    received = get_object_or_404(DataComplaint, uuid=uuid)
    return render(request, "website/complaint_received.html", {"complaint": received})


def _take(request, form, subject):
    if not ratelimit.consume(request, action="enquiry"):
        return ratelimit.respond_429(request)
    enquiry = enquiries.submit_enquiry(subject=subject, at=timezone.now(), **form.cleaned_data)
    return redirect("enquiry_received", uuid=enquiry.uuid)


@login_not_required
@require_safe
def enquiry_received(request, uuid):
    """Thanks and the reference; nothing of what was written, for the address may be passed on."""
    enquiry = get_object_or_404(Enquiry, uuid=uuid)
    return render(request, "website/enquiry_received.html", {"enquiry": enquiry})
