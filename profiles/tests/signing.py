"""How the tests sign in as a visitor does, with the form."""

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

PASSWORD = "seven quiet herons"
CODE = reverse("mfa_authenticate")


def sign_in(client, email="jo@example.org", password=PASSWORD, **headers):
    fields = {"login": email, "password": password, **headers.pop("fields", {})}
    return client.post(reverse("account_login"), fields, **headers)


def is_signed_in(client):
    return client.get(reverse("profiles:account")).status_code == 200


def give_second_factor(user):
    """An app and recovery codes for somebody: (the app's key, the codes)."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    return secret, RecoveryCodes.activate(user).get_unused_codes()


def code_now(secret):
    """What the app shows at this moment."""
    _before, now, _after = totp.yield_hotp_counters_from_time()
    return totp.format_hotp_value(totp.hotp_value(secret, now))
