"""What no page is asked, headers that every answer carries, and what nobody may keep a copy of."""

from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed, JsonResponse
from django.middleware.http import ConditionalGetMiddleware as DjangosConditionalGetMiddleware

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)


METHODS = ("GET", "HEAD", "POST")
NO_NUL = "A request cannot contain a NUL."


def reject_bad_requests(get_response):
    """Pages are read, forms are sent; whatever else is asked is answered before any view.

    A view that names no methods would take PUT for a POST without a form, or for a GET. And
    PostgreSQL keeps no NUL, so that a search for one would end as a fault of ours. What is typed
    into a form may hold one: forms refuse it in their own words.
    """

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if not _holds_nul(request):
            return get_response(request)
        if request.path.endswith(".json"):
            return JsonResponse({"error": NO_NUL}, status=400)
        raise BadRequest(NO_NUL)

    return middleware


def _holds_nul(request):
    in_query = "%00" in request.META.get("QUERY_STRING", "")
    return in_query or any("\0" in text for text in (request.path_info, *request.COOKIES.values()))


# What a view says of its answer, and the middleware that writes the headers reads.
SAID_OF_FRAMES = {"_csp_replace", "xframe_options_exempt"}


class ConditionalGetMiddleware(DjangosConditionalGetMiddleware):
    """ETags for pages that are the same for every reader.

    A page with a form has a token of its own each time, and sets it as a cookie: it is never
    what a browser has kept.
    """

    def needs_etag(self, response):
        return not response.cookies and super().needs_etag(response)

    def process_response(self, request, response):
        """A 304 has the policy of the page that it stands for: browsers take its headers over."""
        answer = super().process_response(request, response)
        for name in SAID_OF_FRAMES & vars(response).keys():
            setattr(answer, name, getattr(response, name))
        return answer


def safety_headers(get_response):
    def middleware(request):
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if _is_personal(request):
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def _is_personal(request):
    """A page for a visitor with a session may show their own name, hold or booking."""
    session = getattr(request, "session", None)
    return session is not None and not session.is_empty()
