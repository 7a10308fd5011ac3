"""A repeated POST does nothing twice: forms carry a key, and its first answer is replayed.

{% load idempotency %} … {% idempotency_key %}

@idempotent
def book(request): …
"""

import functools
import hashlib
import uuid
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from coaching_portal.common.answered_requests import AnsweredRequest

FIELD = "idempotency_key"
CLAIM = """
    INSERT INTO coaching_portal_answeredrequest AS answered (key, location, created_at)
    VALUES (%s, '', %s)
    ON CONFLICT (key) DO UPDATE SET location = answered.location
    RETURNING location, created_at
"""

P = ParamSpec("P")


def idempotent(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Run a POST once per key, sender, address and content; give the same form the same redirect.

    The key's row is inserted first, in the view's transaction, so that a double click waits for
    the first and then gets its answer. Answers that are no redirect (a form with errors) are not
    kept: the form may be corrected and sent again. A view that raises takes the row with it.
    """

    @functools.wraps(view)
    def wrapper(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        key = _key(request) if request.method == "POST" else None
        if key is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            answered = _claim(key)
            if answered.location:
                return HttpResponseRedirect(answered.location)
            response = view(request, *args, **kwargs)
            save_answer(answered, response)
        return response

    wrapper.acts_once = True  # type: ignore[attr-defined]  # a function has no such attribute
    return wrapper


def _key(request):
    """The form's key made its sender's own: the same key from anybody else is another key.

    So it is with other answers: a user who goes back to a page that the browser kept, and writes
    something else, means something else.
    """
    try:
        form_key = uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None
    parts = f"{form_key} {_sender(request)} {request.get_full_path()} {_content(request)}"
    return uuid.UUID(bytes=hashlib.sha256(parts.encode()).digest()[:16])


def _sender(request):
    if request.user.is_authenticated:
        return f"user {request.user.pk}"
    # The cookie that every form needs, its secret known to this browser only.
    return f"visitor {request.META.get('CSRF_COOKIE', '')}"


def _content(request):
    """All that was typed and chosen, without the token that is no answer to anything."""
    answers = {**dict(request.POST.lists()), "csrfmiddlewaretoken": None}
    files = [(name, each.name, each.size) for name, each in request.FILES.items()]
    return repr(sorted(answers.items())) + repr(sorted(files))


def _claim(key):
    """The row of this key, ours until the transaction ends; others wait at the insert.

    In one statement: a row that is there already is locked and given back as it is.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, timezone.now()])
        return AnsweredRequest(key, *cursor.fetchone())


def save_answer(answered: AnsweredRequest, response: HttpResponse) -> None:
    if transaction.get_rollback():  # the view undid its work, and with it the row
        return
    if 300 <= response.status_code < 400:
        AnsweredRequest.objects.filter(key=answered.key).update(location=response["Location"])
    else:
        AnsweredRequest.objects.filter(key=answered.key).delete()
