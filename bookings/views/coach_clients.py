"""A coach's clients: a list by name, and a thin file on each."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from bookings.models import CoachingSession, Programme
from bookings.presenters import clients as clients_of_coach
from bookings.views.decorators import coach_required
from profiles.models import Client

PAGE = 25
PAST_SESSIONS = 50


@require_safe
@never_cache
@coach_required
def clients(request, coach):
    name = request.GET.get("name", "").strip()[:150]
    found = clients_of_coach.of(coach, at=timezone.now(), name=name)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    for client in page:
        client.programme = clients_of_coach.programme_words(client.programme_status)
    return render(request, "bookings/clients.html", {"coach": coach, "page": page, "name": name})


@require_safe
@never_cache
@coach_required
def client(request, coach, uuid):
    person = get_object_or_404(Client.objects.select_related("user"), coach=coach, uuid=uuid)
    at = timezone.now()
    sessions = CoachingSession.objects.filter(coach=coach, client=person.user)
    programmes = Programme.objects.filter(coach=coach, client=person.user)
    context = {
        "coach": coach,
        "client": person,
        "upcoming": sessions.upcoming(at),
        "past": sessions.past(at)[:PAST_SESSIONS],
        "programmes": programmes.order_by("-proposed_at", "-pk"),
        "at": at,
    }
    return render(request, "bookings/client.html", context)
