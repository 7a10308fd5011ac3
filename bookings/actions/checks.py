"""Whether what somebody asks for is offered, and to them: checked inside the transaction."""

from django.conf import settings
from django.db.models import Q

from bookings import pricing
from bookings.actions.locking import ClientIsBusy, Refused, TimeTaken
from bookings.availability import slot_queries
from bookings.models import BusyTime, CoachingSession
from coaching_portal.common import formatting


class NotOffered(Refused):
    """A time, a length or a place that this coach does not offer, or not to this person."""


class IntroductionUsed(Refused):
    pass


class AllowanceUsed(Refused):
    pass


class TooManyOpen(Refused):
    """The client has as many sessions open as one may have without asking the coach."""


class AgreementNeeded(Refused):
    pass


def check_offer(wish, *, rules, at, **whose):
    """Raise unless the coach offers this length, this place and, still, this time."""
    if wish.minutes not in pricing.offered_lengths(wish.coach, rules, wish.programme):
        length = formatting.length(wish.minutes)
        raise NotOffered(f"{wish.coach} does not offer sessions of {length}.")
    if wish.place not in pricing.offered_places(rules):
        raise NotOffered(f"{wish.coach} does not offer sessions in that place.")
    check_time(wish, at=at, rules=rules, **whose)


def check_time(wish, *, at, rules=None, **whose):
    """Raise unless the time is open; a coach's own time outside her hours need only be free.

    `rules` are the coach's, where they have been read; `whose` says whose holds do not count, as
    `diary.open_slots` has it.
    """
    if wish.outside_hours:
        is_open = wish.starts_at > at and not _clashes_elsewhere(wish)
    else:
        asked = {"starts_at": wish.starts_at, "minutes": wish.minutes, **whose}
        is_open = slot_queries.is_open(wish.coach, at=at, stored=rules, **asked)
    if not is_open:
        raise _why_closed(wish, at=at, **whose)


def _clashes_elsewhere(wish):
    """Sessions are the constraint's business; what stands in another calendar is ours."""
    busy = BusyTime.objects.filter(coach=wish.coach)
    return busy.filter(starts_at__lt=wish.ends_at, ends_at__gt=wish.starts_at).exists()


def _why_closed(wish, *, at, visitor_key="", client=None, moving=None):
    if wish.starts_at <= at:
        return NotOffered("That time has passed.")
    theirs = CoachingSession.objects.holds_of(visitor_key=visitor_key, client=client)
    live = CoachingSession.objects.live().exclude(pk__in=theirs.values("pk"))
    others = live.exclude(pk=moving.pk if moving else None)
    in_the_way = others.overlapping(wish.starts_at, wish.ends_at)
    if in_the_way.filter(Q(coach=wish.coach) | Q(client=wish.coach.user_id)).exists():
        return TimeTaken()
    if client and in_the_way.filter(Q(client=client) | Q(coach__user=client)).exists():
        return ClientIsBusy()
    return NotOffered(f"{wish.coach} does not offer that time.")


def check_booking(wish, *, client, by, at, details):
    """Raise unless this person may book this for that client."""
    is_coach = by.pk == wish.coach.user_id
    if client.pk == wish.coach.user_id:
        raise NotOffered("A coach cannot book a session with themselves.")
    if wish.outside_hours and not is_coach:
        raise NotOffered(f"{wish.coach} does not offer that time.")
    check_client(wish, client, by=by, at=at)
    if wish.programme is None and details.acceptance is None and not is_coach:
        raise AgreementNeeded("Accept the agreement to book.")


def check_client(wish, client, *, by, at):
    """Raise unless this is open to the client: asked before a time is held, and when it is booked.

    The time plays no part in it.
    """
    if wish.programme:
        _check_allowance(wish, client)
        return
    if wish.kind == CoachingSession.Kind.INTRODUCTION:
        _check_introduction(wish, client)
    if by is None or by.pk != wish.coach.user_id:
        _check_open_sessions(wish.coach, client, at=at)


def _check_allowance(wish, client):
    programme = wish.programme
    if (programme.client_id, programme.coach_id) != (client.pk, wish.coach.pk):
        raise NotOffered("That programme is somebody else's.")
    if not programme.can_be_booked:
        raise NotOffered("Sessions of this programme cannot be booked at present.")
    if programme.sessions_left == 0:
        agreed = programme.sessions_agreed
        raise AllowanceUsed(f"You have used all {agreed} agreed sessions. Ask for a review.")


def _check_introduction(wish, client):
    if CoachingSession.objects.introductions(wish.coach, client).exists():
        raise IntroductionUsed(
            f"You have already booked your introductory conversation with {wish.coach}. "
            "Choose a longer session."
        )


def _check_open_sessions(coach, client, *, at):
    """So many open sessions outside programmes, with whichever coach; a coach may book more."""
    theirs = CoachingSession.objects.filter(client=client)
    number = theirs.upcoming_single(at).count()
    if number < settings.MOST_OPEN_SESSIONS_AT_FIRST:
        return
    has_come = theirs.filter(status=CoachingSession.Status.COMPLETED).exists()
    most = settings.MOST_OPEN_SESSIONS if has_come else settings.MOST_OPEN_SESSIONS_AT_FIRST
    if number >= most:
        until = "" if has_come else " until a first session has taken place"
        raise TooManyOpen(
            f"{_sessions(number)} booked, and at most {most} can be open at once{until}. "
            f"To book more, ask {coach}."
        )


def _sessions(number):
    return "1 session is" if number == 1 else f"{number} sessions are"
