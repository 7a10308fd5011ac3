"""Who the mail comes from: the practice, whose record a higher app keeps."""

from email.utils import formataddr, parseaddr

from django.conf import settings

_practice = None


def ask(function):
    """Let `function()` give the practice: a record with name, email, address and phone."""
    global _practice
    _practice = function


def practice():
    return _practice()


def from_address():
    """The practice's name with the address that the mail server lets us send from."""
    return formataddr((practice().name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))
