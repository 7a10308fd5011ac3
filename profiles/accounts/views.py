"""The account's own pages; signing in, passwords and the second step are django-allauth's."""

from allauth.account.adapter import get_adapter
from allauth.account.views import LoginView
from allauth.core import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe

from coaching_portal.common.formatting import zone_name
from profiles.accounts import second_factor
from profiles.accounts.forms import DetailsForm


class SignIn(LoginView):
    @method_decorator(login_not_required)
    def dispatch(self, request, *args, **kwargs):
        """Many tries from one address are refused, but for a device that the person has used."""
        is_counted = request.method == "POST" and not self._is_known(request)
        if is_counted and (too_many := ratelimit.consume_or_429(request, action="sign_in")):
            return too_many
        return super().dispatch(request, *args, **kwargs)

    def _is_known(self, request):
        return get_adapter(request).known_device(request, email=request.POST.get("login"))


@require_safe
def overview(request):
    return render(
        request,
        "profiles/account/overview.html",
        {
            "has_second_factor": is_mfa_enabled(request.user),
            "needs_second_factor": second_factor.is_required_of(request.user),
            "zone": zone_name(request.user.time_zone),
            "devices": UserSession.objects.filter(user=request.user).count(),
        },
    )


def details(request):
    form = DetailsForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save(at=timezone.now())
        messages.success(request, "Your details are saved.")
        return redirect("profiles:account")
    return render(request, "profiles/account/details.html", {"form": form})
