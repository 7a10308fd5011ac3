"""Many browsers that press at one moment, each with cookies and a connection of its own."""

from functools import partial

from coaching_portal.testing import races
from coaching_portal.testing.http import Browser

AT_ONCE = 12
TOO_MANY = "too many attempts"


def browser(server, client=None):
    """What has got as far as Django's test client."""
    return Browser(server, races.cookies_in(client) if client else {})


def at_once(act, callers):
    """act(caller) for all of them at one moment: what each gives."""
    return races.at_once([partial(act, caller) for caller in callers])
