"""Secrets at rest: bytes encrypted under keys that can be rotated.

The first key encrypts and every key decrypts, so a new key is put first and the old one stays
until everything under it has been rotated or has gone.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class WrongKey(Exception):
    """None of the keys at hand opens this."""


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(hashes.SHA256(), length=32, salt=None, info=purpose).derive(key.encode())


def _fernet(key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(key, b"coaching_portal.vault")))


def _keys() -> list[str]:
    return settings.VAULT_KEYS or [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _box() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in _keys()])


def fingerprints() -> list[str]:
    """A mark for each key: it tells the same key from another, and nothing about it."""
    return [_derived(key, b"coaching_portal.vault.mark")[:8].hex() for key in _keys()]


def encrypt(plain: bytes) -> bytes:
    return _box().encrypt(plain)


def decrypt(sealed: bytes) -> bytes:
    try:
        return _box().decrypt(bytes(sealed))
    except InvalidToken:
        raise WrongKey("No key in VAULT_KEYS (or SECRET_KEY) opens this secret.") from None


def rotate(sealed: bytes) -> bytes:
    """The same secret under the first key."""
    try:
        return _box().rotate(bytes(sealed))
    except InvalidToken:
        raise WrongKey("No key in VAULT_KEYS (or SECRET_KEY) opens this secret.") from None
