"""A coach's clients: the list, and what her file on one of them shows."""

from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from bookings.models import CoachingSession, Programme
from profiles.models import Client
from profiles.models.users import sort_key

Status = CoachingSession.Status
HELD_OR_MISSED = (Status.COMPLETED, Status.NO_SHOW)


def of(coach, *, at, name=""):
    """The coach's clients by name, with next and last session, their number, and a programme."""
    clients = Client.objects.filter(coach=coach).select_related("user")
    if name:
        clients = clients.filter(user__sort_name__contains=sort_key(name.strip()))
    theirs = CoachingSession.objects.filter(coach=coach, client=OuterRef("user")).order_by()
    upcoming = theirs.filter(status=Status.BOOKED, ends_at__gt=at).order_by("starts_at")
    past = theirs.filter(status__in=(*HELD_OR_MISSED, Status.BOOKED), ends_at__lte=at)
    count = past.values("client").annotate(number=Count("pk")).values("number")
    return clients.annotate(
        next_starts_at=Subquery(upcoming.values("starts_at")[:1]),
        last_starts_at=Subquery(past.order_by("-starts_at").values("starts_at")[:1]),
        sessions_held=Coalesce(Subquery(count), 0),
        programme_status=Subquery(_programmes(coach).values("status")[:1]),
    ).order_by(F("user__sort_name"), "pk")


def _programmes(coach):
    """A client's programmes with the coach, the newest first."""
    programmes = Programme.objects.filter(coach=coach, client=OuterRef("user"))
    return programmes.order_by("-proposed_at", "-pk")


def programme_words(status):
    return Programme.Status(status).label if status else ""
