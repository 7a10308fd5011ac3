"""The page after sign-in."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from coaching_portal.website.your_home import (
    assistant,
    client,
    coach,
    courses,
    newcomer,
    office,
    organisation,
)
from coaching_portal.website.your_home.section import Section, most_urgent_first
from profiles.models import User


@require_safe
@never_cache
def your_home(request: HttpRequest) -> HttpResponse:
    sections = _sections(request, timezone.now())
    return render(request, "website/your_home.html", {"sections": sections})


def _sections(request: HttpRequest, at: datetime) -> list[Section]:
    user = cast(User, request.user)  # nobody comes here who is not signed in
    roles = set(user.memberships.values_list("role", flat=True))
    of_client = client.section(user, at)
    found = [
        coach.section(user, at),
        of_client,
        assistant.section(user, at),
        # A client who also learns sees the invoices once, with the coaching.
        courses.section(user, at, roles, shows_invoices=of_client is None),
        organisation.section(user, at, roles),
        office.section(request, at),
    ]
    sections = [section for section in found if section is not None]
    return most_urgent_first(sections) or [newcomer.section(user)]
