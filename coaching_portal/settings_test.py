"""Settings for tests: the same portal, quick hashing, plain static names.

The tests' plugin hands over servers and a short-lived var/; linters find a place of their own.
"""

import os
import tempfile

os.environ.setdefault("SECRET_KEY", "only-for-tests")
os.environ.setdefault("SITE_URL", "http://testserver")
os.environ.setdefault("PORTAL_EMBEDDED", "true")
os.environ.setdefault("VAR_DIR", f"{tempfile.gettempdir()}/portal-lint-{os.getuid()}")

from coaching_portal.settings import *  # noqa: F403
from coaching_portal.settings import STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
