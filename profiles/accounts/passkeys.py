"""What the portal does otherwise than allauth about passkeys, at the same addresses and names."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from profiles.accounts import second_factor

LAST_ONE = (
    "This is your only second step at sign-in, and your account needs one. "
    "Add another passkey or an app with codes first; then remove this one."
)


class RemovePasskey(webauthn.RemoveWebAuthnView):
    """Allauth asks nobody whether it may: whoever needs a second factor keeps the last one."""

    success_url = reverse_lazy("mfa_index")

    def dispatch(self, request, *args, **kwargs):
        if self._is_needed(request):
            messages.error(request, LAST_ONE)
            return redirect("mfa_index")
        return super().dispatch(request, *args, **kwargs)

    def _is_needed(self, request):
        if not request.user.is_authenticated:
            return False
        passkey = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if passkey is None:
            raise Http404
        return second_factor.is_last_of_required(passkey)


class RenamePasskey(webauthn.EditWebAuthnView):
    success_url = reverse_lazy("mfa_index")


class ConfirmWithPasskey(webauthn.ReauthenticateWebAuthnView):
    """Whoever's passkey was not accepted is told so here, with the other ways below."""

    def form_invalid(self, form):
        for problem in form.errors.get("credential", []):
            get_account_adapter().add_message(self.request, messages.ERROR, message=problem)
        return redirect(self.request.get_full_path())


urlpatterns = [
    # One page lists passkeys and codes.
    path("", RedirectView.as_view(pattern_name="mfa_index"), name="mfa_list_webauthn"),
    path("keys/<int:pk>/edit/", RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("keys/<int:pk>/remove/", RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("reauthenticate/", ConfirmWithPasskey.as_view(), name="mfa_reauthenticate_webauthn"),
]
