"""What tests of booking start from: a coach with hours, and sessions made by the real actions."""

from datetime import time, timedelta
from urllib.parse import urlencode

from bookings import actions
from bookings.actions import (
    agreement_texts,
    booking_for_clients,
    pending_bookings,
    programmes,
)
from bookings.actions.booking_request import Acceptance, BookingRequest, Details
from bookings.models import BookingRules, CoachingSession, WeeklyHours
from coaching_portal.notifications import outbox
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.testing.plugin import NINE

WEEKS_AHEAD = NINE - timedelta(days=30)


def open_hours(coach, **rules):
    """Monday to Friday 09:00 to 17:00, a start every half hour."""
    for weekday in range(5):
        WeeklyHours.objects.get_or_create(
            coach=coach, weekday=weekday, starts=time(9), ends=time(17)
        )
    BookingRules.objects.update_or_create(coach=coach, defaults=rules)


def accepted(coach, **details):
    """Details with the short form accepted."""
    return Details(acceptance=Acceptance(agreement_texts.short_form(coach)), **details)


def book_session(
    coach, client, *, starts_at=NINE, minutes=60, at=WEEKS_AHEAD, programme=None, by=None, **details
):
    """A session booked by the client, thirty days ahead of 09:00 unless said otherwise."""
    if not coach.weekly_hours.exists():
        open_hours(coach)
    return actions.book(
        booking_request=BookingRequest(coach, starts_at, minutes, programme=programme),
        client=client,
        by=by or client,
        at=at,
        details=accepted(coach, **details),
    )


def invited(coach, *, email="nell@example.org", starts_at=NINE, at=WEEKS_AHEAD):
    """A session that the coach has booked for somebody new: (the session, the end of its link)."""
    session = booking_for_clients.book_for_client(
        booking_request=BookingRequest(coach, starts_at, 60, outside_hours=True),
        client=booking_for_clients.NewPerson("Nell New", email),
        by=coach.user,
        at=at,
        details=Details(),
    )
    [message] = OutgoingMessage.objects.filter(subject_uuid=session.uuid, kind="session-invitation")
    return session, outbox.secret_of(message)["path"].rstrip("/").rsplit("/", 1)[1]


def booked_by_coach(coach, client, *, starts_at=NINE, at=WEEKS_AHEAD):
    """One that the client has not accepted: as if they had never accepted anything."""
    session = book_session(coach, client, starts_at=starts_at, at=at)
    CoachingSession.objects.filter(pk=session.pk).update(agreement=None, awaits_acceptance=True)
    session.refresh_from_db()
    return session


def proposed_programme(coach, client, *, sessions=6, at=WEEKS_AHEAD, **terms):
    """A programme that the client has not answered yet, with a review ninety days ahead."""
    terms.setdefault("review_on", (at + timedelta(days=90)).date())
    terms.setdefault("rate", coach.hourly_rate)
    terms.setdefault("minutes", 60)
    return programmes.propose(
        coach=coach,
        client=client,
        terms=programmes.ProgrammeTerms(sessions_agreed=sessions, **terms),
        at=at,
    )


def agreed_programme(coach, client, *, sessions=6, at=WEEKS_AHEAD, **terms):
    """A programme whose terms the client has accepted."""
    programme = proposed_programme(coach, client, sessions=sessions, at=at, **terms)
    return programmes.accept(
        programme=programme, terms_version=programme.terms_version, by=client, at=at
    )


def details_url(coach, starts_at, **asked):
    """The last step of booking, with this time chosen."""
    asked = {"minutes": 60, "place": "VIDEO", "start": starts_at.isoformat()} | asked
    return f"/book/{coach.slug}/details/?{urlencode(asked)}"


def pending_booking(coach, email, *, starts_at=NINE, at=WEEKS_AHEAD, visitor_key="heron", **told):
    """What a visitor has chosen and typed: (the row, its code, the end of its link)."""
    pending = pending_bookings.save_pending(
        coach=coach,
        visitor_key=visitor_key,
        email=email,
        selection={"minutes": "60", "location": "VIDEO", "start": starts_at.isoformat()},
        answers={"name": "Nell New", **answers(coach), **told},
        at=at,
    )
    secret = outbox.secret_of(OutgoingMessage.objects.filter(subject_uuid=pending.uuid).get())
    return pending, secret["code"], secret["path"].rstrip("/").rsplit("/", 1)[1]


def answers(coach, **changes):
    """The details form, filled in by somebody who pays; None leaves an answer out."""
    told = {
        "payer": "self",
        "agreement": agreement_texts.short_form(coach).sha256,
        "accept": "on",
    }
    return {name: value for name, value in (told | changes).items() if value is not None}
