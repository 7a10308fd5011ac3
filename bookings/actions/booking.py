"""Holding a time, and booking it."""

from dataclasses import replace
from datetime import timedelta

from django.db.models import F, Q

from bookings import emails, pricing
from bookings.actions import agreement_texts, checks, locking
from bookings.actions.booking_request import Details
from bookings.actions.locking import in_turn
from bookings.models import AgendaItem, Agreement, CoachingSession, SessionEvent
from profiles.actions import consents
from profiles.models import Client, Organisation

HOLD_LASTS = timedelta(minutes=10)
HOLD_LASTS_WHILE_SIGNING_UP = timedelta(minutes=30)

Status = CoachingSession.Status


@in_turn
def hold(*, wish, at, visitor_key, client=None, by=None):
    """Keep the time for this visitor for ten minutes, in place of any other they hold.

    `client` and `by`, whom it is for and who asks, where they have signed in.
    """
    coach = locking.lock_coach(wish.coach)
    wish, rules = replace(wish, coach=coach), pricing.rules_of(coach)
    if client:
        client = locking.lock_client(client)
        checks.check_client(wish, client, by=by, at=at)
    locking.lock_visitor(visitor_key)
    drop_stale_holds(coach=coach, client=client, at=at)
    checks.check_offer(wish, rules=rules, at=at, visitor_key=visitor_key, client=client)
    CoachingSession.objects.holds_of(visitor_key=visitor_key, client=client).delete()

    session = CoachingSession(coach=coach, client=client, visitor_key=visitor_key)
    session.status, session.held_at, session.held_until = Status.HELD, at, at + HOLD_LASTS
    put_in_diary(session, wish, rules)
    session.save()
    return session


def extend_hold(*, visitor_key, at):
    """Keep a hold for thirty minutes in all, because its visitor has begun to sign up."""
    held = CoachingSession.objects.holds_of(visitor_key=visitor_key).filter(held_until__gt=at)
    held.update(held_until=F("held_at") + HOLD_LASTS_WHILE_SIGNING_UP)


@in_turn
def book(*, wish, client, by, at, details=None, visitor_key=""):
    """Book the time for the client and tell both sides, or raise what stands against it."""
    details = details or Details()
    wish, client = locked(wish, client)
    rules = pricing.rules_of(wish.coach)
    session = take_hold(wish, visitor_key=visitor_key, client=client, at=at)
    if wish.starts_at <= at:  # its hold was made before it began
        raise checks.NotOffered("That time has passed.")
    checks.check_booking(wish, client=client, by=by, at=at, details=details)
    # A hold was offered when it was made; the notice does not run out while someone types.
    held_at, whose = session.held_at or at, {"visitor_key": visitor_key, "client": client}
    checks.check_offer(wish, rules=rules, at=held_at, **whose)

    put_in_diary(session, wish, rules)
    settle(session, wish, client=client, by=by, at=at, details=details)
    emails.session_booked(session, by=by, at=at)
    return session


def locked(wish, client):
    """The same wish and client, locked and fresh: coach, client, programme."""
    coach = locking.lock_coach(wish.coach)
    client = locking.lock_client(client)
    if not client.is_active:  # erased, perhaps a moment ago
        raise checks.NotOffered("That client's account is closed.")
    programme = locking.lock_programme(wish.programme) if wish.programme else None
    return replace(wish, coach=coach, programme=programme), client


def drop_stale_holds(*, coach, client, at):
    """Holds that have run out still occupy their time in the constraints: delete them first."""
    CoachingSession.objects.stale_holds(at).filter(_of_people(coach, client)).delete()


def _of_people(coach, client):
    """Sessions of either, in whatever role."""
    people = [coach.user_id, client.pk] if client else [coach.user_id]
    return Q(coach=coach) | Q(coach__user__in=people) | Q(client__in=people)


def take_hold(wish, *, visitor_key, client, at):
    """This visitor's hold of exactly this time, or a new session.

    Their other holds are given up, and what has run out goes, as in `drop_stale_holds`.
    """
    in_the_way = _of_people(wish.coach, client)
    if visitor_key:
        in_the_way |= Q(visitor_key=visitor_key)
    session, wished = CoachingSession(), (wish.coach.pk, wish.starts_at, wish.ends_at)
    for held in CoachingSession.objects.filter(in_the_way, status=Status.HELD):
        is_of_this_browser = visitor_key != "" and held.visitor_key == visitor_key
        is_own = is_of_this_browser or held.client_id == client.pk
        has_run_out = held.held_until <= at
        if is_own and not has_run_out and (held.coach_id, held.starts_at, held.ends_at) == wished:
            session = held
        elif is_own or has_run_out:
            held.delete()
    session.coach = wish.coach
    return session


def put_in_diary(session, wish, rules):
    """Time, place and price, all from our own rows."""
    buffer = timedelta(minutes=rules.buffer_minutes)
    session.kind, session.place = wish.kind, wish.place
    session.starts_at, session.ends_at = wish.starts_at, wish.ends_at
    session.free_again_at = wish.ends_at + buffer
    agreed = pricing.terms_for(
        wish.coach, minutes=wish.minutes, programme=wish.programme, rules=rules
    )
    session.rate, session.price = agreed.rate, agreed.price
    session.cancellation_notice_hours = agreed.cancellation_notice_hours


def settle(session, wish, *, client, by, at, details):
    """From a held or new time to a booked session, with what was told and agreed."""
    session.status, session.held_at, session.held_until = Status.BOOKED, None, None
    session.visitor_key = ""
    session.client, session.booked_by, session.booked_at = client, by, at
    session.place_details, session.programme = details.place_details, wish.programme
    session.needs = details.needs if by == client else client.needs
    name_payer(session, details)
    session.agreement = agreement_for(session, details.acceptance, by=by, at=at)
    session.save()

    Client.objects.get_or_create(user=client, coach=session.coach)
    if by == client:
        remember(client, details, at=at)
    if details.agenda:
        AgendaItem.objects.create(session=session, author=by, text=details.agenda)
    record(session, SessionEvent.What.BOOKED, by=by, at=at)


def remember(client, details, *, at):
    """What people tell of themselves is asked once."""
    if not client.name:
        client.name = details.name
        client.save(update_fields=["name"])
    if details.needs or client.needs:
        client.needs = details.needs
        consents.tell_needs(user=client, needs=details.needs, at=at)


def name_payer(session, details):
    """A programme has its payer; what is free has none; otherwise as was said."""
    if session.programme:
        session.organisation = session.programme.organisation
        session.purchase_order = session.programme.purchase_order
    elif session.price:
        session.organisation = stored(details.organisation)
        session.purchase_order = details.purchase_order if details.organisation else ""


def stored(organisation):
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
    text = agreement_texts.stored(acceptance.text)
    return Agreement.objects.create(
        text=text,
        sha256=text.sha256,
        terms={
            "starts_at": session.starts_at.isoformat(),
            "minutes": session.minutes,
            "rate": str(session.rate),
            "price": str(session.price),
            "cancellation_notice_hours": session.cancellation_notice_hours,
        },
        accepted_by=by,
        accepted_at=at,
        accepted_from=acceptance.accepted_from,
        wishes_to_start_early=acceptance.wishes_to_start_early,
    )


def record(session, what, *, by, at, note=""):
    """Keep what happened in the session's history."""
    SessionEvent.objects.create(
        session=session, what=what, by=by, at=at, starts_at=session.starts_at, note=note
    )
