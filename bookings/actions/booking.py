"""Booking a time: what was held, told and agreed becomes a session."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bookings import emails, pricing
from bookings.actions import acceptance_links, agreement_texts, checks, locking
from bookings.actions.booking_request import Acceptance, BookingRequest, Details
from bookings.actions.holds import claim_hold, set_time_and_price
from bookings.actions.locking import atomic_with_retry
from bookings.availability.slot_queries import Requester
from bookings.models import AgendaItem, Agreement, CoachingSession, SessionEvent
from coaching_portal.common.prepared_queries import PreparedQuery
from profiles.actions import consents
from profiles.models import Client, Organisation, User

Status = CoachingSession.Status
MOMENTS = ("starts_at", "ends_at", "free_again_at", "confirmed_at", "cancelled_at", "waived_at")
AMOUNTS = ("rate", "price")
OTHERS = ("status", "cancelled_by_id", "waived_by_id", "waiver_reason")
_IS_CLIENT = PreparedQuery(
    lambda client, coach: Client.objects.filter(user=client, coach=coach).values_list("pk")
)


@atomic_with_retry
def book(
    *,
    booking_request: BookingRequest,
    client: User,
    by: User,
    at: datetime,
    details: Details | None = None,
    visitor_key: str = "",
    tells_client: bool = True,
) -> CoachingSession:
    """Book the time for the client and tell both sides, or raise a Refusal.

    A coach may book for a client without an email to them.
    """
    details = details or Details()
    booking_request, client = lock_for_booking(booking_request, client)
    rules = pricing.booking_rules_for(booking_request.coach)
    session = claim_hold(booking_request, visitor_key=visitor_key, client=client, at=at)
    if booking_request.starts_at <= at:  # its hold was made before it began
        raise checks.NotOffered("That time has passed.")
    checks.check_booking(booking_request, client=client, by=by, at=at, details=details)
    # A hold was offered when it was made; the notice does not run out while someone types.
    held_at, requester = session.held_at or at, Requester(visitor_key=visitor_key, client=client)
    checks.check_offer(booking_request, rules=rules, at=held_at, requester=requester)

    set_time_and_price(session, booking_request, rules)
    complete_booking(session, booking_request, client=client, by=by, at=at, details=details)
    emails.session_booked(session, by=by, at=at, tells_client=tells_client)
    is_asked = tells_client and session.awaits_acceptance and client.is_contact
    if is_asked and client.mail_address:
        acceptance_links.ask_to_accept(session, at=at)
    return session


def lock_for_booking(booking_request: BookingRequest, client: User) -> tuple[BookingRequest, User]:
    """The same booking request and client, locked and reloaded: coach, client, programme."""
    coach = locking.lock_coach(booking_request.coach)
    client = locking.lock_client(client)
    if not client.is_active:  # erased, perhaps a moment ago
        raise checks.NotOffered("That client's account is closed.")
    programme = (
        locking.lock_programme(booking_request.programme) if booking_request.programme else None
    )
    return replace(booking_request, coach=coach, programme=programme), client


def complete_booking(
    session: CoachingSession,
    booking_request: BookingRequest,
    *,
    client: User,
    by: User,
    at: datetime,
    details: Details,
) -> None:
    """From a held or new time to a booked session, with the details and the agreement."""
    session.status, session.held_at, session.held_until = Status.BOOKED, None, None
    session.visitor_key = ""
    session.client, session.booked_by, session.booked_at = client, by, at
    session.location_details, session.programme = (
        details.location_details,
        booking_request.programme,
    )
    session.needs = details.needs if by == client else client.needs
    name_payer(session, details)
    session.agreement = agreement_for(session, details.acceptance, by=by, at=at)
    session.awaits_acceptance = session.agreement is None and not _has_accepted_before(session)
    session.save()

    if not _IS_CLIENT.all(client=client.pk, coach=session.coach_id):
        Client.objects.get_or_create(user=client, coach=session.coach)
    if by == client:
        save_client_details(client, details, at=at)
    if details.agenda:
        AgendaItem.objects.create(session=session, author=by, text=details.agenda)
    record(session, SessionEvent.What.BOOKED, by=by, at=at)


def _has_accepted_before(session: CoachingSession) -> bool:
    """Whether the client knows this coach's agreement: a coach books on what was agreed."""
    texts = Agreement.objects.filter(text__coach=session.coach, accepted_by=session.client)
    return texts.exists()


def save_client_details(client: User, details: Details, *, at: datetime) -> None:
    """What people tell of themselves is asked once."""
    if not client.name:
        client.name = details.name
        client.save(update_fields=["name"])
    if details.needs or client.needs:
        client.needs = details.needs
        consents.record_needs(user=client, needs=details.needs, at=at)


def name_payer(session: CoachingSession, details: Details) -> None:
    """A programme has its payer; what is free has none; otherwise as was said."""
    if session.programme:
        session.organisation = session.programme.organisation
        session.purchase_order = session.programme.purchase_order
    elif session.price:
        session.organisation = get_or_create_organisation(details.organisation)
        session.purchase_order = details.purchase_order if details.organisation else ""


def get_or_create_organisation(organisation: Organisation | None) -> Organisation | None:
    """The organisation as a row: one that was only named is kept, for the admin to check."""
    if organisation is None or organisation.pk:
        return organisation
    return Organisation.objects.create(name=organisation.name, is_checked=False)


def agreement_for(
    session: CoachingSession, acceptance: Acceptance | None, *, by: User, at: datetime
) -> Agreement | None:
    """The programme's agreement, or the short form as accepted just now."""
    if session.programme:
        return session.programme.agreement
    if acceptance is None:
        return None
    return agreement_texts.store(acceptance.text).record_acceptance(
        terms={
            "starts_at": session.starts_at.isoformat(),
            "minutes": session.minutes,
            "rate": str(session.rate),
            "price": str(session.price),
            "cancellation_notice_hours": session.cancellation_notice_hours,
        },
        by=by,
        at=at,
        accepted_from=acceptance.accepted_from,
        wishes_to_start_early=acceptance.wishes_to_start_early,
    )


def record(
    session: CoachingSession,
    what: SessionEvent.What,
    *,
    by: User | None,
    at: datetime,
    note: str = "",
    before: dict[str, Any] | None = None,
) -> None:
    """Keep what happened in the session's history; `before` is what undo.py puts back."""
    SessionEvent.objects.create(
        session=session,
        what=what,
        by=by,
        at=at,
        starts_at=session.starts_at,
        note=note,
        before=before,
    )


def state_of(session: CoachingSession, *, by: User) -> dict[str, Any] | None:
    """What a change may alter, as the history keeps it; only the coach can undo a change."""
    if not session.is_coached_by(by):
        return None
    moments = {name: getattr(session, name) for name in MOMENTS}
    kept = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    amounts = {name: str(getattr(session, name)) for name in AMOUNTS}
    others = {name: getattr(session, name) for name in OTHERS}
    return {**kept, **amounts, **others, "sequence": session.sequence}
