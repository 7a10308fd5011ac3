"""Nothing opens to staff and coaches before they have a second factor."""

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.contrib import messages
from django.http import HttpResponseForbidden
from django.shortcuts import redirect

from profiles.accounts import second_factor

# What setting it up needs, and the way out.
OPEN_MEANWHILE = {
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_logout",
    "healthz",
    "readyz",
}
WHY = "Your account needs a second step at sign-in before you can use the portal."


class second_factor_required:  # noqa: N801 - middleware is spoken of like a function
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.user.is_authenticated or not second_factor.is_missing(request.user):
            return None
        if request.resolver_match.view_name in OPEN_MEANWHILE:
            # What was put aside until the password is typed would be answered past this gate.
            request.session.pop(STATE_SESSION_KEY, None)
            return None
        if request.method not in ("GET", "HEAD"):
            return HttpResponseForbidden(WHY)
        messages.info(request, WHY)
        return redirect("mfa_activate_totp")
