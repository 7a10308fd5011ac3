"""The words of each message about sessions, asked for when it is sent.

Mail names date, time, location and charge; never an agenda, a goal, a title or needs.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import cast

from django.conf import settings
from django.utils import timezone

from bookings import cancellation
from bookings.emails import daily_summary
from bookings.emails.invitations import booking_again, invitation, page_of, place_words
from bookings.models import CoachingSession, MoveRequest, SessionEvent
from bookings.models.connections import is_written_elsewhere
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common import formatting
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import Coach, User

Status, What = CoachingSession.Status, SessionEvent.What


def register() -> None:
    """Make the kinds known to the outbox."""
    for kind, label, is_true, method in (
        ("session-booked", "Session booked", is_as_announced, "REQUEST"),
        ("session-moved", "Session moved", is_as_announced, "REQUEST"),
        ("session-length-changed", "Length of a session changed", is_as_announced, "REQUEST"),
        ("session-cancelled", "Session cancelled", is_cancelled, "CANCEL"),
    ):
        to_client, to_coach = _client_renderer(kind, method), _coach_renderer(kind, method)
        outbox.register(kind, label=label, render=to_client, is_still_valid=is_true)
        outbox.register(
            f"coach-{kind}", label=f"{label}, to the coach", render=to_coach, is_still_valid=is_true
        )
    outbox.register(
        "session-charge-waived",
        label="Charge waived",
        render=_client_renderer("session-charge-waived"),
        is_still_valid=is_waived,
    )
    for kind, words in (("day", "A reminder a day before"), ("hour", "A reminder an hour before")):
        outbox.register(
            f"session-reminder-{kind}",
            label=f"{words} a session",
            render=_client_renderer("session-reminder"),
            is_still_valid=is_as_announced_and_ahead,
            can_unsubscribe=True,
        )
    outbox.register(
        "coach-evening",
        label="Evening message to the coach",
        render=render_daily_summary,
        is_still_valid=lambda message, at: bool(_evening_of(message)),
    )


# --- Is it still true? --------------------------------------------------------------------


def _about(message: OutgoingMessage) -> CoachingSessionQuerySet:
    return CoachingSession.objects.filter(uuid=message.subject_uuid)


def is_as_announced(message: OutgoingMessage, at: datetime) -> bool:
    """Booked, and not moved since."""
    return _about(message).filter(status=Status.BOOKED, sequence=int(message.occasion)).exists()


def is_as_announced_and_ahead(message: OutgoingMessage, at: datetime) -> bool:
    return is_as_announced(message, at) and _about(message).filter(starts_at__gt=at).exists()


def is_cancelled(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).filter(status__in=[Status.CANCELLED, Status.CANCELLED_LATE]).exists()


def is_waived(message: OutgoingMessage, at: datetime) -> bool:
    return _about(message).filter(waived_at__isnull=False).exists()


# --- In what words? -----------------------------------------------------------------------


def _template(kind: str) -> str:
    return f"bookings/email/{kind.replace('-', '_')}"


def _session_of(message: OutgoingMessage) -> CoachingSession:
    people = ("coach__user", "client", "organisation", "booked_by", "cancelled_by")
    return (
        _about(message)
        .select_related(*people, "programme__agreement", "invoice_line__invoice")
        .get()
    )


def _client_renderer(kind: str, method: str | None = None) -> Callable[[OutgoingMessage], Email]:
    """The renderer of a message to the client; with `method`, an invitation goes along."""

    def render_message(message: OutgoingMessage) -> Email:
        session = _session_of(message)
        zone = cast(User, message.recipient).time_zone
        context = _words(session, zone) | {
            "facts": [*session_facts(session, zone), *client_facts(session)],
            **_changing(session, message, zone),
            "is_as_asked": kind == "session-moved" and _is_as_asked(session),
            "book_url": _page_to_book_again(session),
        }
        ics = method and (invitation(session, method=method, at=message.due_at), method)
        return render(_template(kind), context, message=message, calendar=ics)

    return render_message


def _coach_renderer(kind: str, method: str) -> Callable[[OutgoingMessage], Email]:
    """The same to the coach, without an invitation where her calendar is written to."""

    def render_message(message: OutgoingMessage) -> Email:
        session = _session_of(message)
        zone = session.coach.time_zone
        facts = [
            *session_facts(session, zone, for_coach=True),
            ("Client", session.client or session.get_kind_display()),
            *_doer(session, session.client),
        ]
        charge = cancellation.afterwards(session, reader=session.coach.user)
        context = _words(session, zone) | {"facts": facts, "charge": charge}
        ics = None
        if not is_written_elsewhere(session.coach):
            text = invitation(session, method=method, at=message.due_at, for_coach=True)
            ics = (text, method)
        return render(_template(f"coach-{kind}"), context, calendar=ics)

    return render_message


def _words(session, zone):
    """What every message about a session can say."""
    return {
        "session": session,
        "zone": zone,
        "session_url": page_of(session.uuid),
        "was_at": _start_before(session),
        "was": lambda: _length_before(session),
        "is_video": session.location == CoachingSession.Location.VIDEO,
    }


def _changing(session, message, zone):
    """What moving and cancelling mean when it is sent, which may be later than it was due."""
    reader, at = session.client, max(message.due_at, timezone.now())
    move = ", move" if session.can_be_moved(by=reader, at=at) else ""
    return {
        "change_words": f"See{move} or cancel this session",
        "cancelling": cancellation.now_and_later(session, reader=reader, at=at, zone=zone),
        "charge": cancellation.afterwards(session, reader=reader),
    }


def _is_as_asked(session):
    """Whether the coach has moved it to the time that the client asked for."""
    accepted = session.move_requests.filter(status=MoveRequest.Status.ACCEPTED)
    return accepted.filter(starts_at=session.starts_at).exists()


def _page_to_book_again(session):
    address = booking_again(session) or session.programme.get_absolute_url()
    return settings.SITE_URL + address


def session_facts(session, zone, *, for_coach=False):
    return [
        ("When", formatting.when_range(session.starts_at, session.ends_at, zone)),
        ("Time zone", formatting.zone_name(zone)),
        ("Location", place_words(session, for_coach=for_coach)),
    ]


def client_facts(session):
    price = formatting.money(session.price) if session.price else "Free"
    payer = f", paid by {session.organisation}" if session.price and session.organisation else ""
    return [
        ("With", session.coach),
        ("Kind", f"{session.get_kind_display()}, {formatting.length(session.minutes)}"),
        ("Price", f"{price}{payer}"),
        ("Reference", session.reference),
        *_doer(session, session.client),
    ]


def _doer(session, client):
    """Who booked or cancelled it, where that was not the client."""
    if session.cancelled_by_id:
        name, doer = "Cancelled by", session.cancelled_by
    else:
        name, doer = "Booked by", session.booked_by
    return [(name, doer)] if doer and doer != client else []


def _start_before(session):
    """When it was before it was last moved, from its history."""
    changing = [What.BOOKED, What.MOVED, What.UNDONE]
    told = session.events.filter(what__in=changing, starts_at__isnull=False)
    starts = list(told.order_by("-at", "-pk").values_list("starts_at", flat=True)[:20])
    return next((start for start in starts if start != starts[0]), None)


def _length_before(session):
    """How long it was before its length was last changed, and at what price: from its history."""
    changes = session.events.filter(what=What.LENGTH).order_by("-at", "-pk")
    return changes.values_list("note", flat=True).first()


def _evening_of(message: OutgoingMessage) -> daily_summary.Evening:
    coach = Coach.objects.select_related("user").get(uuid=message.subject_uuid)
    return daily_summary.Evening(coach, date.fromisoformat(message.occasion))


def render_daily_summary(message: OutgoingMessage) -> Email:
    today = _evening_of(message)
    confirm_url = f"{settings.SITE_URL}/calendar/confirm/{message.occasion}/"
    context = {
        "evening": today,
        "zone": today.coach.time_zone,
        "tomorrow_lines": [_line(session, today.coach) for session in today.of_tomorrow],
        "tomorrow_count": len(today.of_tomorrow),
        "confirm_lines": [_line(session, today.coach) for session in today.to_confirm],
        "confirm_url": confirm_url,
        "calendar_url": f"{settings.SITE_URL}/calendar/",
    }
    return render(_template("coach-evening"), context)


def _line(session: CoachingSession, coach: Coach) -> tuple[str, str, str]:
    """(time, who, where) of one session in the evening message."""
    start, end = (
        formatting.clock(at, coach.time_zone) for at in (session.starts_at, session.ends_at)
    )
    who = str(session.client or session.get_kind_display())
    return f"{start} to {end}", who, place_words(session, for_coach=True)
