"""Who must sign in with a second factor, and who has yet to set it up."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def is_required_of(user):
    """Staff and coaches see what others told in confidence."""
    return settings.REQUIRE_MFA and (user.is_staff or user.is_coach)


def is_missing(user):
    return is_required_of(user) and not get_adapter().is_mfa_enabled(user, FACTORS)
