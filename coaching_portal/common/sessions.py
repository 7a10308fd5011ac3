"""Sessions of browsers, in the database as Django keeps them."""

from django.contrib.sessions.backends.db import SessionStore as DjangosSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from coaching_portal.common.prepared_queries import PreparedQuery

_SESSION = PreparedQuery(
    lambda key, at: Session.objects.filter(session_key=key, expire_date__gt=at)
)


class SessionStore(DjangosSessionStore):
    """The same, read with a query that is written once: every page of a person who signed in."""

    def _get_session_from_db(self):
        found = _SESSION.first(key=self.session_key, at=timezone.now())
        if found is None:
            self._session_key = None
        return found
