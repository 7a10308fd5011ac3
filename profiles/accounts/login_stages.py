"""Signing in takes one step or two: what holds them together, and keeps others out of them."""

from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from django.shortcuts import redirect

BEGAN_WITH = "sign_in_began_with"


def renew_session(request, method, user, **kwargs):
    """A new key at every step: whoever planted or saw the old one does not take the next."""
    if request.user.is_authenticated:
        return  # asked again who they are; signing in itself renews the key as well
    request.session.cycle_key()
    if method == "password":
        request.session[BEGAN_WITH] = _password_of(user)


def insist_on_one_password(request, user):
    """Whoever began with a password that has been changed meanwhile begins again."""
    whose, password = request.session.pop(BEGAN_WITH, (None, None))
    if whose != user.pk or [whose, password] == _password_of(user):
        return
    clear_login(request)
    raise ImmediateHttpResponse(redirect("account_login"))


def _password_of(user):
    return [user.pk, user.get_session_auth_hash()]
