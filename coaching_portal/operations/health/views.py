"""For machines: is the portal alive, is all that it needs in order, and its figures."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coaching_portal.observability import metrics as counted
from coaching_portal.operations.health import metrics_gauges, readiness


@require_safe
@never_cache
@login_not_required
def healthz(request):
    """The web server answers; asks nobody else, so that a broken database restarts no web."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request):
    """200 when every part is "ok", else 503, with one word for each part."""
    told = readiness.state_of_all(timezone.now())
    return JsonResponse(told, status=200 if readiness.is_in_order(told) else 503)


@require_safe
@never_cache
@login_not_required
def metrics(request):
    """For Prometheus, which shows a token; nobody else learns that there is such a page."""
    if not settings.METRICS_TOKEN:
        raise Http404
    if not _shows_token(request):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    text = counted.exposition(metrics_gauges.Portal(at=timezone.now()))
    return HttpResponse(text, content_type=counted.CONTENT_TYPE)


def _shows_token(request):
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    return secrets.compare_digest(given.encode(), expected.encode())
