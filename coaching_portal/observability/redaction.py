"""What logs and error mail may say: where and what kind of thing went wrong, never whose words.

A message may have been given an address, a name, a line that somebody typed; an exception repeats
what it was given (`invalid literal for int(): "…"`, `Key (email)=(…) already exists`). So words
that are not known to be ours are left out rather than searched for secrets.
"""

import os
import re
import traceback
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import psycopg2
import redis
from django.core.exceptions import ImproperlyConfigured
from django.template import TemplateDoesNotExist
from kombu.exceptions import OperationalError as BrokerError

LEFT_OUT = "…"
# What these say is our code's or a server's about itself, and no user's.
SPEAK_OF_THEMSELVES = (
    ImportError,
    ImproperlyConfigured,
    TemplateDoesNotExist,
    BrokerError,
    redis.ConnectionError,
    redis.TimeoutError,
)
# What Celery may say of a task by name: not what it was given, gave back or broke on.
OF_TASKS = {"id", "name", "hostname", "description", "runtime"}
PLAIN = (str, int, float, Decimal, date, timedelta, UUID, type(None))
MOST_BEHIND = 5

MASKS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), LEFT_OUT),
    (re.compile(r"(\([^()]*\))=\(.*\)"), rf"\1=({LEFT_OUT})"),
    (re.compile(r"://[^/\s@]+@"), f"://{LEFT_OUT}@"),
)
CAPTURED = re.compile(r"<(?:(\w+):)?(\w+)>")
# Parts of an address that tell which page it is, and let nobody in.
PUBLIC_PARTS = {"uuid", "int", "slug", "date"}


def masked(text):
    """The text without email addresses, PostgreSQL's details and passwords in addresses."""
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text


def described(error):
    """Its class, and of its words only those that cannot be somebody's."""
    name, detail = type(error).__name__, _detail(error)
    return f"{name} ({masked(detail)})" if detail else name


def _detail(error):
    cause = error if isinstance(error, psycopg2.Error) else error.__cause__
    if isinstance(cause, psycopg2.Error):
        return _detail_of_database(cause)
    if isinstance(error, SPEAK_OF_THEMSELVES):
        return _first_line(error)
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    code = getattr(error, "smtp_code", None)
    return f"code {code}" if isinstance(code, int) else ""


def _detail_of_database(error):
    """SQLSTATE, table and constraint; the words only where no statement has been made yet."""
    if error.pgcode:
        known = (error.pgcode, error.diag.table_name, error.diag.constraint_name)
        return ", ".join(filter(None, known))
    no_connection = isinstance(error, (psycopg2.OperationalError, psycopg2.InterfaceError))
    return _first_line(error) if no_connection else ""


def _first_line(error):
    return str(error).strip().partition("\n")[0]


def trace(error, frames=None):
    """The frames of an exception and of those behind it, each with its class and no words."""
    told = []
    for each in _with_those_behind(error):
        lines = traceback.format_tb(frames or each.__traceback__)
        told.append(f"Traceback (most recent call last):\n{''.join(lines)}{described(each)}")
        frames = None
    return "\n\nIt came from this:\n\n".join(told)


def _with_those_behind(error):
    found: list[BaseException] = []
    while error is not None and error not in found and len(found) < MOST_BEHIND:
        found.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return found


def message_of(record):
    """What a log record says, with whatever is not ours left out."""
    try:
        text = str(_told(record.msg))
        text = text % _told_all(text, record.args) if record.args else text
    except (TypeError, ValueError, KeyError):
        text = str(record.msg)
    return masked(_without_words_of(_error_of(record), _without_path_of(record, text)))


def _told_all(text, args):
    if isinstance(args, Mapping) and "%(" in text:
        return {key: _told(args[key]) if key in OF_TASKS else LEFT_OUT for key in args}
    if isinstance(args, Mapping):  # logging unpacks a dict that is the only argument
        return (_told(args),)
    return tuple(_told(arg) for arg in args)


def _told(value):
    if isinstance(value, BaseException):
        return described(value)
    return value if isinstance(value, PLAIN) else f"<{type(value).__name__}>"


def _error_of(record):
    return record.exc_info[1] if record.exc_info else None


def _without_words_of(error, text):
    """Django logs a suspicious request in the words of the exception."""
    for each in _with_those_behind(error):
        if words := str(each):
            text = text.replace(words, described(each))
    return text


def _without_path_of(record, text):
    """Django logs a refused request with its address, which may hold a token."""
    path = getattr(getattr(record, "request", None), "path", "")
    return text.replace(path, shown_path(record.request)) if len(path) > 1 else text


def shown_path(request):
    """The address of a request as a log may keep it: without tokens and without what is unknown."""
    match = request.resolver_match
    if match is None:
        return f"/{LEFT_OUT}"
    if "(?P" in match.route:
        return f"<{match.view_name or LEFT_OUT}>"

    def part(found):
        kind, name = found.groups()
        value = str(match.captured_kwargs.get(name, ""))
        return value if kind in PUBLIC_PARTS or value.isdecimal() else f"<{name}>"

    return "/" + CAPTURED.sub(part, match.route)
