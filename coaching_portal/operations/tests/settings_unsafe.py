"""Settings of a portal that takes no care, for the controls of test_faults.py."""

from coaching_portal.settings import *  # noqa: F403
from coaching_portal.settings import DATABASES, REDIS_URL

DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}
ROOT_URLCONF = "coaching_portal.operations.tests.urls_unsafe"
