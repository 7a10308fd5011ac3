"""Encryption of what must not be read in the database: `encrypt(bytes)` and `decrypt(bytes)`."""

import base64
import hashlib

from cryptography.fernet import Fernet
from django.conf import settings


def _fernet():
    digest = hashlib.sha256(b"coaching_portal.vault:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def encrypt(clear):
    return _fernet().encrypt(clear)


def decrypt(sealed):
    return _fernet().decrypt(bytes(sealed))
