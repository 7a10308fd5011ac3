"""Codes that count once, and few guesses at each, however many knock at the same moment.

django-allauth remembers a code from the app for one period of 30 seconds, but takes it for three,
and forgets it with the cache. It counts guesses at a mailed code in the session, where requests
at the same moment do not see each other.
"""

from allauth.core import context, ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.utils.crypto import salted_hmac

LAST = "last_counter"


@transaction.atomic
def take(authenticator, code):
    """Take a code of the app, and with it all earlier ones; False where it is taken already."""
    app = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    counter = _counter_of(code, decrypt(app.data["secret"]))
    if counter <= app.data.get(LAST, -1):
        return False
    app.data[LAST] = counter
    app.save(update_fields=["data"])
    return True


def _counter_of(code, secret):
    """Which period the code belongs to; -1 where it has just run out."""
    for counter in totp.yield_hotp_counters_from_time():
        expected = totp.format_hotp_value(totp.hotp_value(secret, counter))
        if totp.compare_user_code(actual=code, expected=expected):
            return counter
    return -1


def may_guess(email, code):
    """Count a guess at the code that was mailed to `email`, in whichever session it is made."""
    key = salted_hmac("guesses at a mailed code", f"{email} {code}").hexdigest()
    return ratelimit.consume(context.request, action="guess_email_code", key=key)
