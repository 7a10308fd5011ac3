"""Emails about sessions: to whom and when. `session_content.py` has the words.

Actions call these functions in their own transaction; the outbox sends what is still true.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bookings.emails import daily_summary
from bookings.models import CoachingSession
from bookings.models.connections import is_written_elsewhere
from coaching_portal.common.dates import DAY, local_midnight
from coaching_portal.notifications import outbox, reminders
from coaching_portal.notifications.models import OutgoingMessage
from profiles.models import Coach, User

REMINDERS = [
    ("session-reminder-day", timedelta(hours=24)),
    ("session-reminder-hour", timedelta(hours=1)),
]
# Later than this after the session's end, news of it is of no use to anybody.
NEWS_LASTS = timedelta(days=1)
# Until then a coach can undo what she has done: see actions/undo.py.
UNDO_LASTS = timedelta(seconds=10)


def session_booked(
    session: CoachingSession, *, by: User, at: datetime, tells_client: bool = True
) -> None:
    """Confirm to the client, tell the coach, and queue the reminders; or tell the coach alone."""
    new = [*_messages_to_both("session-booked", session, by=by, at=at)]
    if tells_client:
        new += reminders_of(session, at=at)
    else:
        new = [message for message in new if message.recipient == session.coach.user]
    outbox.queue_all(new)


def session_moved(session: CoachingSession, *, by: User, at: datetime) -> None:
    """Tell both. Reminders of the old time fall away by themselves: their sequence is past."""
    outbox.queue_all(
        [*_messages_to_both("session-moved", session, by=by, at=at), *reminders_of(session, at=at)]
    )


def session_length_changed(session: CoachingSession, *, by: User, at: datetime) -> None:
    """Tell both, with what it costs now."""
    news = _messages_to_both("session-length-changed", session, by=by, at=at)
    outbox.queue_all([*news, *reminders_of(session, at=at)])


def session_cancelled(session: CoachingSession, *, by: User, at: datetime) -> None:
    """Tell both, with what it costs."""
    outbox.queue_all(list(_messages_to_both("session-cancelled", session, by=by, at=at)))


def charge_waived(session: CoachingSession, *, by: User, at: datetime) -> None:
    """Tell the client that a late cancellation or a missed session is not charged after all."""
    if session.client and session.client.mail_address:
        outbox.queue(
            "session-charge-waived",
            about=session,
            recipient=session.client,
            # Not the sequence: a charge that is waived once more is told once more.
            occasion=at.isoformat(),
            due_at=_due_at(session, by=by, at=at),
        )


def daily_summaries(*, at: datetime) -> None:
    """Owe each coach whose evening has come the message of her day, if there is something in it."""
    for coach in Coach.objects.filter(user__is_active=True).select_related("user"):
        date = daily_summary.date_if_evening(coach, at)
        if date and daily_summary.Evening(coach, date):
            outbox.queue(
                "coach-evening",
                about=coach,
                recipient=coach.user,
                occasion=date.isoformat(),
                due_at=at,
                not_after=local_midnight(date + DAY, coach.time_zone),
            )


def has_news_for_coach(coach: Coach, *, by: User) -> bool:
    """Of what she did herself she is told for her calendar’s sake, where nothing writes to it."""
    return by != coach.user or not is_written_elsewhere(coach)


def _messages_to_both(
    kind: str, session: CoachingSession, *, by: User, at: datetime
) -> Iterator[OutgoingMessage]:
    """To the client, and to the coach; of what she did herself for her calendar's sake only."""
    until = session.ends_at + NEWS_LASTS
    due_at = at if kind == "session-booked" else _due_at(session, by=by, at=at)
    # Who has no account is asked to accept the agreement instead: emails/acceptance.py.
    is_asked_instead = kind == "session-booked" and _is_asked_to_accept(session)
    if session.client and session.client.mail_address and not is_asked_instead:
        yield _message(kind, session, session.client, due_at=due_at, not_after=until)
    if has_news_for_coach(session.coach, by=by):
        yield _message(f"coach-{kind}", session, session.coach.user, due_at=due_at, not_after=until)


def _due_at(session: CoachingSession, *, by: User, at: datetime) -> datetime:
    return at + UNDO_LASTS if session.is_coached_by(by) else at


def _is_asked_to_accept(session: CoachingSession) -> bool:
    client = session.client
    return session.awaits_acceptance and client is not None and client.is_contact


def reminders_of(session: CoachingSession, *, at: datetime) -> Iterator[OutgoingMessage]:
    """Those that are still ahead: who books five hours before is not reminded a day before."""
    if session.client is None or not session.client.mail_address:
        return
    if session.status != CoachingSession.Status.BOOKED:
        return
    for kind, due_at, not_after in reminders.ahead(session.starts_at, REMINDERS, at=at):
        yield _message(kind, session, session.client, due_at=due_at, not_after=not_after)


def _message(
    kind: str,
    session: CoachingSession,
    recipient: User,
    *,
    due_at: datetime,
    not_after: datetime | None = None,
) -> OutgoingMessage:
    """Once for each sequence, so that a session moved away and back is announced again."""
    return outbox.build_message(
        kind,
        about=session,
        recipient=recipient,
        occasion=str(session.sequence),
        due_at=due_at,
        not_after=not_after,
    )
