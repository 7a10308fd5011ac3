"""The session of a browser, read by a query that is written once."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore as DjangosSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from coaching_portal.common.sessions import SessionStore

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept():
    session = SessionStore()
    session["visitor_key"] = "key"
    session.save()
    return session.session_key


def test_a_session_is_found_by_its_key(kept):
    assert SessionStore(kept)["visitor_key"] == "key"


def test_sessions_from_before_are_read(kept):
    """An upgrade signs nobody out, and going back does not either."""
    former = DjangosSessionStore()
    former["visitor_key"] = "former"
    former.save()

    assert SessionStore(former.session_key)["visitor_key"] == "former"
    assert DjangosSessionStore(kept)["visitor_key"] == "key"


@pytest.mark.parametrize("ended", ["expired", "deleted"])
def test_a_session_that_has_ended_is_a_new_one(kept, ended):
    if ended == "deleted":
        Session.objects.filter(session_key=kept).delete()
    else:
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))

    session = SessionStore(kept)

    assert session.get("visitor_key") is None
    assert session.session_key is None


def test_a_key_that_nobody_has_is_a_new_one():
    session = SessionStore("' OR 1=1 --")

    assert (session.get("visitor_key"), session.session_key) == (None, None)
