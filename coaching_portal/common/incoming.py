"""What of a request is looked at before Django reads it, and before a body is taken in.

Django reads the query with the charset that a request names: one that is no text (rot13, zlib)
fails in the first middleware that looks, and again in the page that would tell of it; so does a
length that is no number. So `readable` goes around the WSGI application, and tells the middleware
what it found.
"""

import re

from django.core.exceptions import BadRequest
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import parse_header_parameters

# What browsers send; our pages are UTF-8, so that their forms are.
CHARSETS = {"utf-8", "utf8", "us-ascii", "ascii"}
LENGTH = re.compile(r"[0-9]{0,18}")
UNREADABLE = "portal.unreadable"
MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 10
# Colleagues hand in recordings of at most 200 MB (`profiles.audio`), with a form around them.
MOST_MEGABYTES_OF_STAFF = 210


def readable(application):
    """The WSGI application, given requests that Django can read; others are marked."""

    def call(environ, start_response):
        is_length = LENGTH.fullmatch(environ.get("CONTENT_LENGTH", ""))
        if not is_length or not _has_charset_of_text(environ.get("CONTENT_TYPE", "")):
            nothing = {"CONTENT_TYPE": "", "CONTENT_LENGTH": ""}
            environ = {**environ, **nothing, UNREADABLE: True}
        return application(environ, start_response)

    return call


def _has_charset_of_text(content_type):
    try:
        _, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):  # a parameter that is itself in an odd charset
        return False
    return parameters.get("charset", "utf-8").strip().lower() in CHARSETS


def refuse_unreadable(get_response):
    """Middleware: what `readable` has marked is answered 400."""

    def middleware(request):
        if request.META.get(UNREADABLE):
            raise BadRequest("A request is sent as UTF-8, and tells its length.")
        return get_response(request)

    return middleware


def bound_bodies(get_response):
    """Middleware: a body that is too large is refused before any of it is kept on the disk.

    A form's files are read, and spooled, where its token is checked: before any view. Django reads
    no more than Content-Length says, and nothing without it, so that a size that lies helps nobody.
    Stands after the middleware that knows the user, who is asked for only when it matters.
    """

    def middleware(request):
        megabytes = int(request.META.get("CONTENT_LENGTH") or 0) / MEGABYTE
        if megabytes > MOST_MEGABYTES and megabytes > _most_megabytes(request):
            return _too_large(request)
        return get_response(request)

    return middleware


def _most_megabytes(request):
    is_for_staff = request.path_info.startswith("/admin/") and request.user.is_staff
    return MOST_MEGABYTES_OF_STAFF if is_for_staff else MOST_MEGABYTES


def _too_large(request):
    if request.path.endswith(".json"):
        return JsonResponse({"error": "The request is too large."}, status=413)
    answer = HttpResponse(render_to_string("413.html", {"most": MOST_MEGABYTES}), status=413)
    answer["Cache-Control"] = "no-store"
    return answer
