"""Browsers for measurements: signed in by their session, and let go all at one moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

from coaching_portal.testing import http


class Browser(http.Browser):
    """A user's, signed in; or a visitor's."""

    def __init__(self, site, user=None):
        super().__init__(site, {"sessionid": _session_of(user)} if user else {})


def _session_of(user):
    """A session as signing in leaves it, without the slow password."""
    from django.conf import settings
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[auth.SESSION_KEY] = str(user.pk)
    session[auth.BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key


def side_by_side(act, *rows):
    """act(…) for every row, four at a time: for getting ready."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(act, *rows))


def at_once(browsers, paths, forms):
    """Every browser posts its form at the same moment: their answers."""
    start = threading.Barrier(len(browsers))
    with ThreadPoolExecutor(len(browsers)) as pool:
        return list(
            pool.map(lambda b, path, form: b.post(path, form, start=start), browsers, paths, forms)
        )
