"""The cache counts attempts to sign in. When its server is away, people still sign in."""

import functools
import json
import logging
import time

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import ConnectionError as NotThere
from redis.exceptions import TimeoutError as NotAnswering

SECONDS_LEFT_ALONE = 10
logger = logging.getLogger(__name__)


def _or_spare(name):
    """The method of Redis, or the spare's while Redis is away."""
    on_redis = getattr(RedisCache, name)

    @functools.wraps(on_redis)
    def method(self, *args, **kwargs):
        if _may_ask():
            try:
                answer = on_redis(self, *args, **kwargs)
            except (NotThere, NotAnswering) as error:
                FallbackRedisCache.away_until = time.monotonic() + SECONDS_LEFT_ALONE
                logger.warning("The cache is away (%s): counting here instead.", error)
            else:
                FallbackRedisCache.away_until = 0.0
                return answer
        return getattr(self.spare, name)(*args, **kwargs)

    return method


def _may_ask():
    """Whether to ask Redis: always while it answers, else one request every few seconds."""
    away_until, now = FallbackRedisCache.away_until, time.monotonic()
    if now < away_until:
        return False
    if away_until:  # the others need not wait for what this one finds
        FallbackRedisCache.away_until = now + SECONDS_LEFT_ALONE
    return True


class JSONSerializer:
    """Values as JSON, so that a person who can write to Redis cannot make the portal run code.

    Numbers, texts, booleans and lists of them are all that is kept (counts of attempts).
    """

    def dumps(self, value):
        return json.dumps(value).encode()

    def loads(self, data):
        return json.loads(data)


class OneClient(RedisCacheClient):
    """Django makes a client of redis-py for each question, which takes as long as the answer."""

    @functools.cached_property
    def client(self):
        return super().get_client(write=True)

    def get_client(self, key=None, *, write=False):
        return self.client  # threads may share it: a connection is taken for each question


class FallbackRedisCache(RedisCache):
    """Redis, shared by every process; while it is away, each process counts for itself."""

    away_until = 0.0

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = OneClient
        self.spare = LocMemCache("spare", {})

    add = _or_spare("add")
    get = _or_spare("get")
    set = _or_spare("set")
    delete = _or_spare("delete")
