"""Who the mail comes from: the practice, whose record a higher app keeps."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import formataddr, parseaddr
from typing import Protocol

from django.conf import settings


class Practice(Protocol):
    """What the mail says of its sender."""

    name: str
    email: str
    address: str
    phone: str


def _nobody_yet() -> Practice:
    raise LookupError("No app has said who the practice is.")


_practice: Callable[[], Practice] = _nobody_yet
_known: ContextVar[Practice | None] = ContextVar("known", default=None)


def ask(function: Callable[[], Practice]) -> None:
    """Let `function()` give the practice: a record with name, email, address and phone."""
    global _practice
    _practice = function


def practice() -> Practice:
    return _known.get() or _practice()


@contextmanager
def asked_once() -> Iterator[None]:
    """Look the practice up once for a batch of mail, not several times for each."""
    token = _known.set(_practice())
    try:
        yield
    finally:
        _known.reset(token)


def from_address() -> str:
    """The practice's name with the address that the mail server lets us send from."""
    return formataddr((practice().name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
