"""The words about sessions that were booked at once: dates, location and charge, and a file.

The file has every session as the event that its own invitations change later: opened, Google,
Outlook and Apple add them all. An invitation that is answered is about one event only.
"""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings

from bookings import cancellation
from bookings.emails.invitations import file_of, place_words
from bookings.models import CoachingSession
from bookings.models.connections import is_written_elsewhere
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common import formatting
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render

FILE = "sessions.ics"
FOLLOWS = "The file with this email adds them all to your calendar."


def register() -> None:
    """Make the kinds known to the outbox."""
    for kind, label, words in (
        ("series-booked", "Several sessions booked", _to_client),
        ("coach-series-booked", "Several sessions booked, to the coach", _to_coach),
    ):
        outbox.register(kind, label=label, render=_renderer(words), is_still_valid=is_any_booked)


def is_any_booked(message: OutgoingMessage, at: datetime) -> bool:
    return _sessions_of(message).exists()


def _sessions_of(message: OutgoingMessage) -> CoachingSessionQuerySet:
    """Those that are as they were booked; of a moved or cancelled one its own email tells."""
    booked_at = datetime.fromisoformat(message.occasion)
    found = CoachingSession.objects.filter(programme__uuid=message.subject_uuid, sequence=0)
    return found.filter(status=CoachingSession.Status.BOOKED).booked_together(booked_at)


def _renderer(words: Callable) -> Callable[[OutgoingMessage], Email]:
    def render_message(message: OutgoingMessage) -> Email:
        sessions = list(
            _sessions_of(message).select_related(
                "coach__user", "client", "organisation", "booked_by", "programme"
            )
        )
        context, for_coach = words(sessions, message)
        attachments = []
        if not (for_coach and is_written_elsewhere(sessions[0].coach)):
            text = file_of(sessions, at=message.due_at, for_coach=for_coach)
            attachments = [(FILE, text.encode(), "text/calendar")]
        return render("bookings/email/programme", context, attachments=attachments)

    return render_message


def _to_client(sessions, message):
    first, zone = sessions[0], message.recipient.time_zone
    price = formatting.money(first.price) if first.price else "Free"
    payer = f", paid by {first.organisation}" if first.price and first.organisation else ""
    facts = [
        *_dates(sessions, zone),
        ("Location", place_words(first)),
        ("With", first.coach),
        ("Price", f"{price} each{payer}" if first.price else price),
        *([("Booked by", first.booked_by)] if first.booked_by_id != first.client_id else []),
    ]
    context = {
        "subject_line": f"Booked: {_how_many(sessions)} from "
        f"{formatting.when(first.starts_at, zone)}",
        "heading": "Your sessions are booked",
        "facts": facts,
        "paragraphs": [
            f"{FOLLOWS} You can move or cancel each session by itself.",
            cancellation.rule_for_notice(first.cancellation_notice_hours),
        ],
        "url": f"{settings.SITE_URL}/sessions/",
        "button": "See your sessions",
    }
    return context, False


def _to_coach(sessions, message):
    first, zone = sessions[0], sessions[0].coach.time_zone
    facts = [
        *_dates(sessions, zone),
        ("Location", place_words(first, for_coach=True)),
        ("Client", first.client),
        *([("Booked by", first.booked_by)] if first.booked_by_id != first.client_id else []),
    ]
    context = {
        "subject_line": f"Booked: {first.client}, {_how_many(sessions)} from "
        f"{formatting.when(first.starts_at, zone)}",
        "heading": f"{_how_many(sessions).capitalize()} booked",
        "facts": facts,
        "paragraphs": [] if is_written_elsewhere(first.coach) else [FOLLOWS],
        "url": settings.SITE_URL + first.programme.get_absolute_url(),
        "button": "See the programme",
    }
    return context, True


def _how_many(sessions):
    return formatting.count(len(sessions), "session")


def _dates(sessions, zone):
    times = [
        (f"Session {number}", formatting.when_range(each.starts_at, each.ends_at, zone))
        for number, each in enumerate(sessions, start=1)
    ]
    return [*times, ("Time zone", formatting.zone_name(zone))]
