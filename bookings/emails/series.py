"""The email about sessions that were booked at once: to whom and when. `series_content.py`: words.

One for each side, whatever the number; reminders, changes and cancellations go by session.
"""

from collections.abc import Sequence
from datetime import datetime

from bookings.emails.sessions import NEWS_LASTS, has_news_for_coach, reminders_of
from bookings.models import CoachingSession
from coaching_portal.notifications import outbox
from profiles.models import User


def series_booked(sessions: Sequence[CoachingSession], *, by: User, at: datetime) -> None:
    """Confirm all to the client, tell the coach for her calendar, queue each reminder."""
    first, last = sessions[0], sessions[-1]
    recipients = [("series-booked", first.client)]
    if has_news_for_coach(first.coach, by=by):
        recipients.append(("coach-series-booked", first.coach.user))
    news = [
        outbox.build_message(
            kind,
            about=first.programme,
            recipient=recipient,
            occasion=at.isoformat(),
            due_at=at,
            not_after=last.ends_at + NEWS_LASTS,
        )
        for kind, recipient in recipients
    ]
    reminders = [each for session in sessions for each in reminders_of(session, at=at)]
    outbox.queue_all([*news, *reminders])
