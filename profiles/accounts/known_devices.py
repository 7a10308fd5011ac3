"""Browsers on which a user has signed in before.

Whoever fails at an account, or at the whole portal, must not keep its owner out: failures in a
browser that the owner has used are counted apart from everybody else's. A signed cookie says so.
It opens nothing: the password and the second step are asked for all the same. It is bound to the
account and its password, so that a new password ends it everywhere.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from profiles.models import User

SALT = "profiles.accounts.known_devices"
MOST_ACCOUNTS = 4  # of a family, or a practice; the newest stay


def remember(request, user, **kwargs):
    """After a sign-in, or a new password: the answer to this request brings the cookie."""
    request.signed_in_here = user


def find(request, user, at):
    """What the device is called where failures are counted; None where the user is not known."""
    for key, device, fingerprint, _ in _entries(request, at):
        if key == user.pk and constant_time_compare(fingerprint, _fingerprint(user)):
            return f"{key}:{device}"
    return None


def find_by_email(request, is_same, at):
    """The same, for the account whose address was typed: `is_same(email)` compares them."""
    for key, *_ in _entries(request, at):
        user = User.objects.filter(pk=key, is_active=True).first()
        if user and is_same(user.email):
            return find(request, user, at)
    return None


def set_cookie(request, response, user, at):
    entries = _entries(request, at)
    known = [device for key, device, *_ in entries if key == user.pk]
    # The name stays, and with it what has been counted: signing in gives no further guesses.
    device = known[0] if known else secrets.token_urlsafe(16)
    mine = [user.pk, device, _fingerprint(user), int(at.timestamp())]
    others = [entry for entry in entries if entry[0] != user.pk]
    response.set_cookie(
        settings.KNOWN_DEVICE_COOKIE_NAME,
        signing.dumps([mine, *others][:MOST_ACCOUNTS], salt=SALT),
        max_age=timedelta(days=settings.KNOWN_DEVICE_DAYS),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _entries(request, at):
    """[account, device, fingerprint of the password, seconds] of those that have not run out."""
    oldest = (at - timedelta(days=settings.KNOWN_DEVICE_DAYS)).timestamp()
    try:
        found = signing.loads(request.COOKIES.get(settings.KNOWN_DEVICE_COOKIE_NAME, ""), salt=SALT)
    except signing.BadSignature:
        return []
    return [entry for entry in found if entry[3] > oldest]


def _fingerprint(user):
    return salted_hmac(SALT, user.get_session_auth_hash()).hexdigest()[:32]
