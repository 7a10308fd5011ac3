"""How often one person may do something, and how often it may come from one network.

The rates stand in ACCOUNT_RATE_LIMITS, beside those of signing in.
"""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

UNCOUNTED = ratelimit.RateLimitUsage(usage=[])  # of a user without a limit


def count(
    request: HttpRequest, action: str, *, key: str | None = None
) -> ratelimit.RateLimitUsage | None:
    """Count this request; None where it is one too many.

    What did not come about after all is given back: `rates.count(…).rollback()`. `key` says whose
    rate it is where that is not the user who asks.
    """
    # django-allauth would let every GET pass.
    return ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True)
