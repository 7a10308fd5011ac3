"""Holding a time, and booking it."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import F, Q

from bookings import emails, pricing
from bookings.actions import agreement_texts, checks, locking
from bookings.actions.booking_request import Details
from bookings.actions.locking import atomic_with_retry
from bookings.models import AgendaItem, CoachingSession, SessionEvent
from profiles.actions import consents
from profiles.models import Client, Organisation

HOLD_LASTS = timedelta(minutes=10)
HOLD_LASTS_WHILE_SIGNING_UP = timedelta(minutes=30)

Status = CoachingSession.Status


@atomic_with_retry
def hold(*, booking_request, at, visitor_key, client=None, by=None):
    """Keep the time for this visitor for ten minutes, in place of any other they hold.

    `client` and `by`, whom it is for and who asks, where they have signed in.
    """
    coach = locking.lock_coach(booking_request.coach)
    booking_request, rules = replace(booking_request, coach=coach), pricing.booking_rules_for(coach)
    if client:
        client = locking.lock_client(client)
        checks.check_client(booking_request, client, by=by, at=at)
    locking.lock_visitor(visitor_key)
    delete_expired_holds(coach=coach, client=client, at=at)
    checks.check_offer(booking_request, rules=rules, at=at, visitor_key=visitor_key, client=client)
    CoachingSession.objects.holds_of(visitor_key=visitor_key, client=client).delete()

    session = CoachingSession(coach=coach, client=client, visitor_key=visitor_key)
    session.status, session.held_at, session.held_until = Status.HELD, at, at + HOLD_LASTS
    set_time_and_price(session, booking_request, rules)
    session.save()
    return session


def extend_hold(*, visitor_key, at):
    """Keep a hold for thirty minutes in all, because its visitor has begun to sign up."""
    held = CoachingSession.objects.holds_of(visitor_key=visitor_key).filter(held_until__gt=at)
    held.update(held_until=F("held_at") + HOLD_LASTS_WHILE_SIGNING_UP)


@atomic_with_retry
def book(*, booking_request, client, by, at, details=None, visitor_key=""):
    """Book the time for the client and tell both sides, or raise what stands against it."""
    details = details or Details()
    booking_request, client = lock_for_booking(booking_request, client)
    rules = pricing.booking_rules_for(booking_request.coach)
    session = claim_hold(booking_request, visitor_key=visitor_key, client=client, at=at)
    if booking_request.starts_at <= at:  # its hold was made before it began
        raise checks.NotOffered("That time has passed.")
    checks.check_booking(booking_request, client=client, by=by, at=at, details=details)
    # A hold was offered when it was made; the notice does not run out while someone types.
    held_at, whose = session.held_at or at, {"visitor_key": visitor_key, "client": client}
    checks.check_offer(booking_request, rules=rules, at=held_at, **whose)

    set_time_and_price(session, booking_request, rules)
    complete_booking(session, booking_request, client=client, by=by, at=at, details=details)
    emails.session_booked(session, by=by, at=at)
    return session


def lock_for_booking(booking_request, client):
    """The same booking request and client, locked and fresh: coach, client, programme."""
    coach = locking.lock_coach(booking_request.coach)
    client = locking.lock_client(client)
    if not client.is_active:  # erased, perhaps a moment ago
        raise checks.NotOffered("That client's account is closed.")
    programme = (
        locking.lock_programme(booking_request.programme) if booking_request.programme else None
    )
    return replace(booking_request, coach=coach, programme=programme), client


def delete_expired_holds(*, coach, client, at):
    """Holds that have run out still occupy their time in the constraints: delete them first."""
    CoachingSession.objects.expired_holds(at).filter(_of_people(coach, client)).delete()


def _of_people(coach, client):
    """Sessions of either, in whatever role."""
    people = [coach.user_id, client.pk] if client else [coach.user_id]
    return Q(coach=coach) | Q(coach__user__in=people) | Q(client__in=people)


def claim_hold(booking_request, *, visitor_key, client, at):
    """This visitor's hold of exactly this time, or a new session.

    Their other holds are given up, and what has run out goes, as in `delete_expired_holds`.
    """
    in_the_way = _of_people(booking_request.coach, client)
    if visitor_key:
        in_the_way |= Q(visitor_key=visitor_key)
    session, requested = (
        CoachingSession(),
        (booking_request.coach.pk, booking_request.starts_at, booking_request.ends_at),
    )
    for held in CoachingSession.objects.filter(in_the_way, status=Status.HELD):
        is_of_this_browser = visitor_key != "" and held.visitor_key == visitor_key
        is_own = is_of_this_browser or held.client_id == client.pk
        has_run_out = held.held_until <= at
        if (
            is_own
            and not has_run_out
            and (held.coach_id, held.starts_at, held.ends_at) == requested
        ):
            session = held
        elif is_own or has_run_out:
            held.delete()
    session.coach = booking_request.coach
    return session


def set_time_and_price(session, booking_request, rules):
    """Time, location and price, all from our own rows."""
    buffer = timedelta(minutes=rules.buffer_minutes)
    session.kind, session.location = booking_request.kind, booking_request.location
    session.starts_at, session.ends_at = booking_request.starts_at, booking_request.ends_at
    session.free_again_at = booking_request.ends_at + buffer
    agreed = pricing.pricing_for(
        booking_request.coach,
        minutes=booking_request.minutes,
        programme=booking_request.programme,
        rules=rules,
    )
    session.rate, session.price = agreed.rate, agreed.price
    session.cancellation_notice_hours = agreed.cancellation_notice_hours


def complete_booking(session, booking_request, *, client, by, at, details):
    """From a held or new time to a booked session, with what was told and agreed."""
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
    session.save()

    Client.objects.get_or_create(user=client, coach=session.coach)
    if by == client:
        save_client_details(client, details, at=at)
    if details.agenda:
        AgendaItem.objects.create(session=session, author=by, text=details.agenda)
    record(session, SessionEvent.What.BOOKED, by=by, at=at)


def save_client_details(client, details, *, at):
    """What people tell of themselves is asked once."""
    if not client.name:
        client.name = details.name
        client.save(update_fields=["name"])
    if details.needs or client.needs:
        client.needs = details.needs
        consents.record_needs(user=client, needs=details.needs, at=at)


def name_payer(session, details):
    """A programme has its payer; what is free has none; otherwise as was said."""
    if session.programme:
        session.organisation = session.programme.organisation
        session.purchase_order = session.programme.purchase_order
    elif session.price:
        session.organisation = get_or_create_organisation(details.organisation)
        session.purchase_order = details.purchase_order if details.organisation else ""


def get_or_create_organisation(organisation):
    """The organisation as a row: one that was only named is kept, for the admin to check."""
    if organisation is None or organisation.pk:
        return organisation
    return Organisation.objects.create(name=organisation.name, is_checked=False)


def agreement_for(session, acceptance, *, by, at):
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


def record(session, what, *, by, at, note=""):
    """Keep what happened in the session's history."""
    SessionEvent.objects.create(
        session=session, what=what, by=by, at=at, starts_at=session.starts_at, note=note
    )
