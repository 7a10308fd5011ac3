"""Late cancellation: one rule, and the sentences in which pages, emails and agreements give it.

Later than its notice, a session that costs something is charged in full to its payer,
and one of a programme counts as used as well; a free conversation costs nothing. Whether a
cancellation is late: `SessionRules.status_if_cancelled`.
"""

from collections.abc import Iterable
from datetime import datetime

from bookings.models import CoachingSession
from coaching_portal.common import formatting
from profiles.models import User

NOTHING = "Nothing is charged."


def rule(later: str) -> str:
    """The rule for every session; `later` says later than what."""
    return f"If you cancel {later}, or do not attend, {_consequences()}"


def rule_for_notice(hours: int) -> str:
    """The rule where the notice is known."""
    if not hours:
        return f"You can cancel free until the start. If you do not attend, {_consequences()}"
    return rule(f"less than {formatting.hours_of(hours)} before the start")


def rule_for_coaches(notices: Iterable[int]) -> str:
    """The rule in words that are true for all these coaches; `notices` are their hours."""
    notices = sorted(set(notices))
    if len(notices) == 1:
        return rule_for_notice(notices[0])
    return rule("later than your coach’s notice, which we show before you book")


def _consequences() -> str:
    return (
        "a paid session is charged in full (in a programme it also counts as used). "
        "A free introductory conversation costs nothing."
    )


# --- One session --------------------------------------------------------------------------


def now(session: CoachingSession, *, reader: User, at: datetime, zone: str) -> str:
    """What cancelling it would mean at this moment, to this reader."""
    if session.is_coached_by(reader):
        return f"If you cancel, {session.client or 'the team'} is not charged."
    if not session.costs_something_if_late:
        return _of_a_free_one(session, at=at, zone=zone)
    if session.awaits_acceptance:
        return "The agreement is not accepted yet, so cancelling is free."
    if not session.is_inside_notice(at):
        return f"Free to cancel or move until {_free_until(session, zone)}."
    if not session.is_late_if_cancelled(by=reader, at=at):
        made = "accepted the programme" if session.programme_id else "booked"
        return f"You {made} less than 14 days ago, so cancelling is free."
    return f"If you cancel now, {_consequence(session, reader)}."


def now_and_later(session: CoachingSession, *, reader: User, at: datetime, zone: str) -> str:
    """The same, and what it costs once that is no longer free."""
    said = now(session, reader=reader, at=at, zone=zone)
    is_all = session.is_coached_by(reader) or not session.costs_something_if_late
    if is_all or session.awaits_acceptance or session.is_late_if_cancelled(by=reader, at=at):
        return said
    return f"{said} If you cancel later, or do not attend, {_consequence(session, reader)}."


def before_booking(session: CoachingSession, *, reader: User, at: datetime, zone: str) -> str:
    """The same of a session that is not booked yet: who pays may still be open.

    What a programme's organisation pays is not asked of the person who books: no price is named.
    """
    if not session.costs_something_if_late:
        return _of_a_free_one(session, at=at, zone=zone)
    consequence = _consequence(session, reader, names_price=not session.organisation_id)
    if not session.is_inside_notice(at):
        until = _free_until(session, zone)
        return (
            f"Free to cancel or move until {until}. "
            f"If you cancel later, or do not attend, {consequence}."
        )
    said = f"If you cancel, or do not attend, {consequence}."
    if session.in_cooling_off_period(at):
        made = "accept the programme" if session.programme_id else "book"
        said += f" If you pay for yourself, cancelling is free for 14 days after you {made}."
    return said


def afterwards(session: CoachingSession, *, reader: User) -> str:
    """What a cancelled or missed session costs, and whom, also when that is nothing."""
    is_charged = session.costs_something_if_late and not session.awaits_acceptance
    if not session.is_late or session.is_waived or not is_charged:
        return NOTHING
    said = _consequence(session, reader, verb="will be", to_reader=" to you")
    return f"{said[0].upper()}{said[1:]}."


def _of_a_free_one(session: CoachingSession, *, at: datetime, zone: str) -> str:
    if session.is_inside_notice(at):
        return "This conversation is free, and so is cancelling it."
    return (
        f"Free to move until {_free_until(session, zone)}, and to cancel until it starts: "
        "this conversation costs nothing."
    )


def _consequence(
    session: CoachingSession,
    reader: User,
    *,
    verb: str = "is",
    to_reader: str = "",
    names_price: bool = True,
) -> str:
    charge = _charge(session, reader, verb, to_reader, names_price)
    if session.programme is None:
        return charge
    whose = "your" if session.client_id == reader.pk else "the"
    counts = f"it counts as one of {whose} {session.programme.sessions_agreed} sessions"
    return f"{charge}, {'and' if session.price else 'but'} {counts}"


def _charge(
    session: CoachingSession, reader: User, verb: str, to_reader: str, names_price: bool
) -> str:
    """Who keeps a client's calendar learns that it is charged, not how much or to whom."""
    if not session.price:
        return "nothing is charged"
    if not session.content_visible_to(reader):
        return f"the session {verb} charged in full"
    what = formatting.money(session.price) if names_price else "the session"
    in_full = "" if names_price else " in full"
    return f"{what} {verb} charged{in_full}{_payer(session, reader, to_reader)}"


def _payer(session: CoachingSession, reader: User, to_reader: str) -> str:
    if session.organisation_id:
        return f" to {session.organisation}"
    if session.client_id == reader.pk:
        return to_reader
    return f" to {session.client}" if session.client else ""


def _free_until(session: CoachingSession, zone: str) -> str:
    return formatting.date_and_time(session.free_cancellation_until, zone)
