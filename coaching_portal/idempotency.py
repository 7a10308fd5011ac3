"""A repeated POST does nothing twice: forms carry a key, and its first answer is replayed.

{% load idempotency %} … {% idempotency_key %}

@idempotent
def book(request): …
"""

import functools
import uuid

from django.db import transaction
from django.http import HttpResponseRedirect

from coaching_portal.models import AnsweredRequest

FIELD = "idempotency_key"


def _key(request):
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def idempotent(view):
    """Run a POST once per key, user and path; repeat its redirect for the same form sent again.

    The key's row is inserted first, in the view's transaction, so that a double click waits for
    the first and then gets its answer. Answers that are no redirect (a form with errors) are not
    kept: the form may be corrected and sent again.
    """

    @functools.wraps(view)
    def wrapper(request, *args, **kwargs):
        key = _key(request) if request.method == "POST" else None
        if key is None:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            answered = _claim(request, key)
            if answered:
                return HttpResponseRedirect(answered.location)
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                AnsweredRequest.objects.filter(key=key).update(location=response["Location"])
            else:
                AnsweredRequest.objects.filter(key=key).delete()
        return response

    return wrapper


def _claim(request, key):
    """Insert the key, or give the row that already answered it."""
    owner = request.user if request.user.is_authenticated else None
    row = AnsweredRequest(key=key, user=owner, path=request.path[:300])
    AnsweredRequest.objects.bulk_create([row], ignore_conflicts=True)
    found = AnsweredRequest.objects.select_for_update().get(key=key)
    belongs_here = found.user_id == row.user_id and found.path == row.path
    return found if found.location and belongs_here else None
