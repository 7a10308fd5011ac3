"""The log: a line an event, each with the request or task that it belongs to.

An installation writes JSON, an example run what a person reads. Both leave out what
`discretion.py` leaves out. Every request leaves one line in the logger "portal.requests".
"""

import logging
import re
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime

from django.conf import settings
from django.core.signals import request_finished
from django.dispatch import receiver
from pythonjsonlogger.json import JsonFormatter

from coaching_portal.observability.redaction import LEFT_OUT, message_of, shown_path, trace

# What the current request or task is: {"request_id": …} or {"task": …, "task_id": …}.
CURRENT: ContextVar[dict] = ContextVar("CURRENT", default={})  # noqa: B039  never changed in place
SANE_ID = re.compile(r"[A-Za-z0-9_.-]{8,64}")
# Asked every few seconds; they are worth a line when something is wrong.
ASKED_OFTEN = {"healthz", "readyz", "metrics"}

requests = logging.getLogger("portal.requests")


def configuration(*, as_json, level):
    """LOGGING: everything to the standard output, errors also by mail."""
    formatter = (
        "coaching_portal.observability.logs.JsonLines"
        if as_json
        else "coaching_portal.observability.logs.Readable"
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter}},
        "handlers": {
            "stdout": {
                "class": "coaching_portal.observability.logs.Output",
                "stream": "ext://sys.stdout",
                "formatter": "line",
            },
            "mail": {
                "class": "coaching_portal.observability.error_mail.ErrorMail",
                "level": "ERROR",
            },
        },
        "root": {"handlers": ["stdout", "mail"], "level": level},
        "loggers": {
            # Django's own handlers would print and mail what ours leave out.
            "django": {"handlers": [], "level": level, "propagate": True},
            # Statements hold what people typed, so they are never logged.
            "django.db.backends": {"level": "WARNING"},
        },
    }


def fields_of(record):
    """What a line tells of a log record."""
    moment = datetime.fromtimestamp(record.created, tz=UTC)
    told = {
        "time": moment.isoformat(timespec="milliseconds"),
        "level": record.levelname,
        "logger": record.name,
        "message": message_of(record),
        **CURRENT.get(),
        **getattr(record, "of_request", {}),
    }
    if record.exc_info and record.exc_info[1]:
        told["exception"] = trace(record.exc_info[1], record.exc_info[2])
    return told


class JsonLines(JsonFormatter):
    """One JSON object a line, with only the fields named here, whatever a library adds."""

    def format(self, record):
        return self.serialize_log_record(fields_of(record))


class Readable(logging.Formatter):
    def format(self, record):
        told = fields_of(record)
        where = told.get("request_id") or told.get("task_id") or "-"
        message = told["message"].replace("\n", " ").replace("\r", " ")
        line = f"{told['time']} {told['level']} {told['logger']} [{where}] {message}"
        return "\n".join(filter(None, [line, told.get("exception")]))


class Output(logging.StreamHandler):
    def handleError(self, record):  # noqa: N802
        """The usual one prints what it was to log, as it is."""
        sys.stderr.write(f"A line of {record.name} could not be logged.\n")


def logged(get_response):
    """Middleware: an id for each request, in every line about it and in the answer; a line each."""

    def middleware(request):
        request_id = _id_of(request)
        CURRENT.set({"request_id": request_id})
        started = time.perf_counter()
        response = get_response(request)
        response["X-Request-ID"] = request_id
        _log(request, response, time.perf_counter() - started)
        return response

    return middleware


@receiver(request_finished)
def forget_request(**_):
    """Not in the middleware: Django logs refused requests after the last of them."""
    CURRENT.set({})


def _id_of(request):
    """The proxy's, where it looks like one; a new one otherwise."""
    given = request.headers.get("X-Request-ID", "")
    return given if SANE_ID.fullmatch(given) else secrets.token_hex(8)


def _log(request, response, seconds):
    facts = {
        "method": request.method if request.method in KNOWN_METHODS else LEFT_OUT,
        "path": shown_path(request),
        "route": route_of(request),
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": _pseudonym(request),
    }
    requests.log(
        logging.DEBUG if _is_asked_often(request, response) else logging.INFO,
        "%s %s %s in %s ms",
        *(facts["method"], facts["path"], facts["status"], facts["ms"]),
        extra={"of_request": facts},
    )


KNOWN_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def route_of(request):
    """The name of the page, of which there are only so many."""
    match = request.resolver_match
    return (match and match.view_name) or "none"


def _is_asked_often(request, response):
    is_static = request.path.startswith(settings.STATIC_URL)
    return response.status_code < 400 and (is_static or route_of(request) in ASKED_OFTEN)


def _pseudonym(request):
    """Who asked, by the random key of their row; nobody is looked up for the log's sake."""
    user = getattr(request, "_cached_user", None)
    return str(user.uuid) if user is not None and user.is_authenticated else None
