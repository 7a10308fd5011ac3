"""Nothing opens to staff and coaches before they have a second factor."""

from urllib.parse import urlsplit

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponseForbidden
from django.shortcuts import redirect
from django.utils import timezone

from profiles.accounts import idle, known_devices, second_factor

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


class staff_idle:  # noqa: N801 - middleware is spoken of like a function
    """Signs staff out who have been away for hours; the page to sign in says why."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not idle.concerns(request.user):
            return None
        at = timezone.now()
        if not idle.has_ended(request.session, at):
            idle.record_use(request.session, at)
            return None
        logout(request)
        messages.info(request, idle.words())
        if not getattr(view, "login_required", True):
            return None  # a page for everybody
        return redirect_to_login(_page_of(request))


def _page_of(request):
    """Where the person was: the page itself, or that on which the button was pressed."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    referer = urlsplit(request.headers.get("Referer", ""))
    same_site = referer.netloc == request.get_host()
    return referer._replace(scheme="", netloc="").geturl() if same_site else "/"


def begin_use(request, user, **kwargs):
    if idle.concerns(user):
        idle.record_use(request.session, timezone.now())


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


class remember_device:  # noqa: N801 - middleware is spoken of like a function
    """The answer to a sign-in tells the browser that it is known to the account."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if user := getattr(request, "signed_in_here", None):
            known_devices.set_cookie(request, response, user, at=timezone.now())
        return response
