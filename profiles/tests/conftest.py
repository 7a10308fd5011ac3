import contextlib
import threading

import pytest
from allauth.core.internal import ratelimit

from profiles.tests.crowd import AT_ONCE
from profiles.tests.signing import PASSWORD


@pytest.fixture
def jo(make_user):
    """Someone with a password, nobody special."""
    return make_user("jo@example.org", name="Jo Bloggs", password=PASSWORD)


@pytest.fixture
def kim(make_user):
    return make_user("kim@kent.example.org", password=PASSWORD)


@pytest.fixture
def counted(monkeypatch):
    """counted(class, "method"): a list that grows by one with each call of it."""

    def count(owner, name):
        calls, original = [], getattr(owner, name)

        def counting(self, *args, **kwargs):
            calls.append(1)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(owner, name, counting)
        return calls

    return count


@pytest.fixture
def no_turns(monkeypatch):
    """no_turns(): from now on everyone reads what has been counted before anyone writes."""
    barrier, apply = threading.Barrier(AT_ONCE), ratelimit.apply_rate

    def apply_together(*args, **kwargs):
        barrier.wait(60)
        return apply(*args, **kwargs)

    def take_turns_away():
        monkeypatch.setattr(ratelimit, "cache_lock", lambda key: contextlib.nullcontext(True))
        monkeypatch.setattr(ratelimit, "apply_rate", apply_together)

    return take_turns_away


@pytest.fixture
def patient(monkeypatch):
    """On a slow machine the last of a crowd waits longer than a second for its turn."""
    monkeypatch.setattr(ratelimit, "CACHE_LOCK_WAIT_TIMEOUT", 60)
