"""What is kept about the user: shown, exported, erased."""

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coaching_portal.common.views import perform
from coaching_portal.personal_data import export, privacy
from profiles.actions import consents, erasure


class EraseForm(forms.Form):
    """Typing the address is what keeps an erasure from happening by mistake."""

    email = forms.CharField(
        label="Your email address",
        max_length=254,
        help_text="Enter it to confirm.",
        error_messages={"required": "Enter your email address"},
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "email"}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self):
        if self.cleaned_data["email"].strip().lower() != self.user.email:
            raise forms.ValidationError(f"This is not your address. Type {self.user.email}")
        return self.cleaned_data["email"]


@require_safe
@never_cache
def overview(request):
    given = request.user.consents.open().order_by("pk")
    context = {"kinds": privacy.for_readers(), "consents": given}
    return render(request, "website/my_privacy.html", context)


@require_POST
@never_cache
def withdraw_consent(request, uuid):
    consent = get_object_or_404(request.user.consents, uuid=uuid)
    consents.withdraw_consent(consent=consent, at=timezone.now())
    messages.success(request, "Withdrawn. We have deleted what you wrote and every copy of it.")
    return redirect("my_privacy")


@require_POST
@never_cache
@reauthentication_required
def download(request):
    if not ratelimit.consume(request, action="my_data", user=request.user):
        return ratelimit.respond_429(request)
    at = timezone.now()
    archive = export.archive(request.user, at)
    name = f"my-data-{timezone.localdate(at):%Y-%m-%d}.zip"
    return FileResponse(archive, as_attachment=True, filename=name)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@reauthentication_required
def erase(request):
    at = timezone.now()
    form = EraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if not perform(request, erasure.erase, user=request.user, at=at):
            return redirect("erase_me")
        logout(request)
        return redirect("erased")
    context = {"form": form, "kinds": privacy.for_readers()}
    context["blockers"] = erasure.blockers_of(request.user, at)
    return render(request, "website/erase.html", context)


@require_safe
@login_not_required
def erased(request):
    return render(request, "website/erased.html")
