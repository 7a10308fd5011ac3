"""A cache whose server is away keeps nobody out, and still counts."""

import contextlib
import json
import pickle
import socket
import threading
import time

import pytest
from django.core.cache import caches
from django.urls import reverse

from coaching_portal.common.cache import FallbackRedisCache

PASSWORD = "seven quiet herons"
LINES = []


@pytest.fixture
def nobody_there(settings, monkeypatch):
    """The address of a server that refuses connections."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    _use(settings, monkeypatch, port)


@pytest.fixture
def nobody_answering(settings, monkeypatch):
    """The address of a server that takes connections and says nothing."""
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        _use(settings, monkeypatch, mute.getsockname()[1])
        mute.setblocking(False)
        yield mute


def _use(settings, monkeypatch, port):
    monkeypatch.setattr(FallbackRedisCache, "away_until", 0.0)
    location = f"redis://127.0.0.1:{port}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
    caches["default"].spare.clear()


@pytest.mark.parametrize("away", ["nobody_there", "nobody_answering"])
def test_what_is_kept_meanwhile_is_kept_here(away, request):
    request.getfixturevalue(away)
    cache, started = caches["default"], time.monotonic()

    cache.set("count", 3)
    assert cache.get("count") == 3
    assert not cache.add("count", 4)
    cache.delete("count")

    assert cache.get("count") is None
    assert time.monotonic() - started < 6


def test_while_one_request_asks_whether_it_is_back_no_other_does(nobody_answering, monkeypatch):
    monkeypatch.setattr(FallbackRedisCache, "away_until", time.monotonic())
    asks = threading.Thread(target=caches["default"].get, args=["count"])
    asks.start()
    while not number_of_calls(nobody_answering):
        time.sleep(0.001)

    caches["default"].set("count", 3)

    assert caches["default"].get("count") == 3
    asks.join()
    assert number_of_calls(nobody_answering) == 0


def number_of_calls(mute):
    calls = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            LINES.append(mute.accept()[0])  # kept: closing it would be an answer
            calls += 1
    return calls


@pytest.mark.django_db
def test_people_sign_in_and_guessing_is_still_counted(client, make_user, nobody_there):
    make_user("jo@example.org", password=PASSWORD)
    sign_in = reverse("account_login")
    fields = {"login": "jo@example.org", "password": PASSWORD}

    assert client.post(sign_in, fields).status_code == 302
    client.logout()
    for _ in range(5):
        client.post(sign_in, {**fields, "password": "wrong"})

    assert "too many attempts" in client.post(sign_in, fields).text


@pytest.mark.django_db
def test_a_server_that_is_back_is_used_again(settings, monkeypatch):
    cache = caches["default"]
    monkeypatch.setattr(FallbackRedisCache, "away_until", time.monotonic() + 60)
    cache.set("where", "here")

    monkeypatch.setattr(FallbackRedisCache, "away_until", 0.0)
    assert cache.get("where") is None
    cache.set("where", "there")

    assert cache.get("where") == "there"


@pytest.mark.parametrize("value", [True, 0, 17, "text", [1.5, 2.5], {"a": None}])
def test_values_are_kept_as_json_and_never_as_pickles(value):
    cache = caches["default"]
    cache.set("value", value)
    kept = cache._cache.get_client().get(cache.make_and_validate_key("value"))

    assert json.loads(kept) == value
    assert cache.get("value") == value


def test_a_pickle_in_the_cache_runs_nothing():
    cache = caches["default"]
    key = cache.make_and_validate_key("planted")
    cache._cache.get_client().set(key, pickle.dumps(Planted()))

    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        cache.get("planted")
    assert not Planted.has_run


class Planted:
    has_run = False

    def __reduce__(self):
        return (setattr, (Planted, "has_run", True))
