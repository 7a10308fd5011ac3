"""The account's own pages; signing in, passwords and the second step are django-allauth's."""

from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from coaching_portal.wording import zone_words
from profiles.accounts import second_factor
from profiles.accounts.forms import DetailsForm


@require_safe
def overview(request):
    return render(
        request,
        "account/overview.html",
        {
            "has_second_factor": is_mfa_enabled(request.user),
            "needs_second_factor": second_factor.is_required_of(request.user),
            "zone": zone_words(timezone.now(), request.user.time_zone),
            "places_signed_in": UserSession.objects.filter(user=request.user).count(),
        },
    )


def details(request):
    form = DetailsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save(at=timezone.now())
        messages.success(request, "Your details are saved.")
        return redirect("profiles:account")
    return render(request, "account/details.html", {"form": form})
