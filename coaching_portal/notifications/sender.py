"""Who the mail comes from: the practice, whose record a higher app keeps."""

from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import formataddr, parseaddr

from django.conf import settings

_practice = None
_known = ContextVar("known", default=None)


def ask(function):
    """Let `function()` give the practice: a record with name, email, address and phone."""
    global _practice
    _practice = function


def practice():
    return _known.get() or _practice()


@contextmanager
def asked_once():
    """Look the practice up once for a batch of mail, not several times for each."""
    token = _known.set(_practice())
    try:
        yield
    finally:
        _known.reset(token)


def from_address():
    """The practice's name with the address that the mail server lets us send from."""
    return formataddr((practice().name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
