"""Sessions of staff end when they have not been used for some hours; clients stay signed in."""

from datetime import datetime, timedelta

from django.conf import settings

ACTIVE_AT = "staff_active_at"
# Not written for every page: a session ends up to a minute early.
WRITTEN_EVERY = timedelta(minutes=1)


def concerns(user):
    return user.is_authenticated and (user.is_staff or user.is_superuser)


def has_ended(session, at):
    """Whether the whole time has passed since the session was last used; then it has ended."""
    used_at = _used_at(session)
    return used_at is not None and at - used_at >= timedelta(hours=settings.STAFF_IDLE_HOURS)


def record_use(session, at):
    used_at = _used_at(session)
    if used_at is None or at - used_at >= WRITTEN_EVERY:
        session[ACTIVE_AT] = at.isoformat()


def _used_at(session):
    return datetime.fromisoformat(session[ACTIVE_AT]) if ACTIVE_AT in session else None


def words():
    return (
        f"You were signed out, because you had not used the portal for {settings.STAFF_IDLE_HOURS} "
        "hours. Sign in to go on where you were."
    )
