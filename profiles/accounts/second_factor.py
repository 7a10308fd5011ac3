"""Who must sign in with a second factor, and who has yet to set it up."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_required_of(user):
    """Staff and coaches see confidential content."""
    return settings.REQUIRE_MFA and (user.is_staff or user.is_coach)


def is_last_of_required(authenticator):
    """Whether without it somebody who must have a second factor would have none."""
    factors = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
    others = factors.exclude(pk=authenticator.pk)
    return is_required_of(authenticator.user) and not others.exists()


def is_missing(user):
    return is_required_of(user) and not get_adapter().is_mfa_enabled(user, FACTORS)


def end_other_sessions(request, user, **kwargs):
    """Whoever signed in without the new factor, perhaps with a stolen password, signs in again."""
    for session in UserSession.objects.filter(user=user):
        if not session.is_current():
            session.end()
