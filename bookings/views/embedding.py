"""A coach's free times on other sites: the page in the frame, and where she says which sites."""

from datetime import datetime
from typing import Any

from allauth.core.ratelimit import respond_429
from csp.constants import NONE
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings import pricing
from bookings.actions import embedding as actions
from bookings.forms.embedding import EmbedForm
from bookings.presenters.embedding import embedded_times
from bookings.views.decorators import coach_required
from coaching_portal.common import rate_limits
from coaching_portal.common.forms import posted
from coaching_portal.common.origins import is_origin
from coaching_portal.common.views import perform
from profiles.models import Coach

SECONDS_TO_BE_KEPT = 60
HEIGHT = 560


@login_not_required
@require_safe
def embed(request: HttpRequest, slug: str) -> HttpResponse:
    """A bare page for a frame: the same for everybody, and no cookie is set."""
    coach = Coach.objects.public().select_related("user").filter(slug=slug).first()
    rules = pricing.booking_rules_for(coach) if coach else None
    if coach is None or rules is None or not rules.accepts_bookings:
        raise Http404
    if not rate_limits.count(request, "embed"):
        return respond_429(request)
    context = {"times": embedded_times(coach, rules, timezone.now())}
    # Without the request, as it would bring the reader's name and messages.
    response = HttpResponse(render_to_string("bookings/embed.html", context))
    response["Cache-Control"] = f"public, max-age={SECONDS_TO_BE_KEPT}"
    response["X-Robots-Tag"] = "noindex"
    return _framed_by(response, list(coach.embed_origins.values_list("origin", flat=True)))


def _framed_by(response: Any, origins: list[str]) -> HttpResponse:
    """Let these sites, and nobody else, show the page in a frame."""
    allowed = sorted(origin for origin in origins if is_origin(origin))
    response._csp_replace = {"frame-ancestors": allowed or [NONE]}
    if allowed:
        response.xframe_options_exempt = True  # it knows "none" and "our own" only
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@coach_required
def settings_page(request: HttpRequest, coach: Coach) -> HttpResponse:
    origins = coach.embed_origins.order_by("pk").values_list("origin", flat=True)
    form = EmbedForm(posted(request), initial={"origins": "\n".join(origins)})
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["origins"]
        done = "The sites are saved." if wanted else "Saved. No site may show your free times."
        perform(request, actions.set_embed_origins, done, coach=coach, origins=wanted)
        return redirect("bookings:embed_settings")
    return render(request, "bookings/embed_settings.html", _context(coach, form, timezone.now()))


def _context(coach: Coach, form: EmbedForm, at: datetime) -> dict[str, Any]:
    rules = pricing.booking_rules_for(coach)
    url = settings.SITE_URL + reverse("bookings:embed", args=[coach.slug])
    return {
        "form": form,
        "url": url,
        "snippet": (
            f'<iframe src="{url}" title="Free times" width="100%" height="{HEIGHT}"'
            ' style="border: 0" loading="lazy"></iframe>'
        ),
        "is_shown": coach.is_public and rules.accepts_bookings,
        "times": embedded_times(coach, rules, at),
    }
