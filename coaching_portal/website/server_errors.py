"""What is answered when something that the portal needs is missing: said, not a bare 500."""

import functools
import sys

from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.views import defaults

from coaching_portal.common import transactions
from coaching_portal.common.files import has_no_room

RETRY_AFTER = 30  # seconds: a database is restarted, or its successor takes over
# Connections refused or cut off, too few of them, the server stopping or starting.
AWAY = ("08", "53", "57P")
WORDS = "The portal cannot reach its records at the moment. Please try again in a minute."


def _of_whatever_was_sent(view):
    """Django's pages for refusals look for the form's token: they would fail at a broken form."""

    @functools.wraps(view)
    def handler(request, exception):
        try:
            request.POST  # noqa: B018
        except (MultiPartParserError, SuspiciousOperation, OSError):
            request.POST, request._files = QueryDict(), MultiValueDict()
        return view(request, exception)

    return handler


bad_request = _of_whatever_was_sent(defaults.bad_request)
permission_denied = _of_whatever_was_sent(defaults.permission_denied)
page_not_found = _of_whatever_was_sent(defaults.page_not_found)


def handle_server_error(request):
    """Django's handler500: middleware would not see what fails in the middleware around it."""
    error = sys.exc_info()[1]
    if database_is_away(error):
        return _database_away(request)
    if has_no_room(error):
        return _page("507.html", status=507)
    return defaults.server_error(request)


def database_is_away(error):
    """Whether a statement failed because there is nobody to answer, not because it is wrong."""
    if isinstance(error, InterfaceError):
        return "closed" in str(error)
    code = transactions.sqlstate(error) if isinstance(error, OperationalError) else "none"
    return code is None or code.startswith(AWAY)


def _database_away(request):
    if request.path.endswith(".json"):
        answer = JsonResponse({"error": WORDS}, status=503)
        answer["Cache-Control"] = "no-store"
    else:
        answer = _page("503.html", status=503)
    answer["Retry-After"] = str(RETRY_AFTER)
    return answer


def _page(template, status):
    """Rendered without the request, whose context would ask the database."""
    answer = HttpResponse(render_to_string(template), status=status)
    answer["Cache-Control"] = "no-store"
    return answer
