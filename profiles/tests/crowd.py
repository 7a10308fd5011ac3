"""Many browsers that press at one moment, each with cookies and a connection of its own."""

from functools import partial

from coaching_portal.testing import races

AT_ONCE = 12
TOO_MANY = "too many attempts"


class Browser:
    """What a browser would send that has got as far as Django's test client."""

    def __init__(self, server, client=None):
        self.server = server.url
        self.cookies = races.cookies_in(client) if client else {}

    def post(self, path, fields, **headers):
        return races.Press(path, fields, self.cookies, headers).send_to(self.server)


def at_once(act, callers):
    """act(caller) for all of them at one moment: what each gives."""
    return races.at_once([partial(act, caller) for caller in callers])
