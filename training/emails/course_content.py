"""What the messages of training say, and what makes them untrue before they are sent."""

from datetime import datetime
from typing import cast

from django.conf import settings
from django.urls import reverse

from coaching_portal.common import formatting
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.names import name_in_mail
from training.emails import invitations
from training.models import Cohort, CourseBooking, Enrolment, WaitingListPlace


def register_kinds() -> None:
    """Make the kinds known to the outbox; called once, when the app is ready."""
    for kind, label, render_message, is_still_valid in (
        ("course-booked", "Places on a course booked", _booked, _has_places),
        ("course-joining", "Joining instructions for a course", _joining, _is_current),
        ("course-place-ended", "A place on a course has ended", _ended, _always),
        ("course-places-cancelled", "Places on a course cancelled", _cancelled, _always),
        ("course-name-delegates", "Delegates still to be named", _to_name, _has_unnamed_places),
        ("waiting-list-joined", "On the waiting list of a course", _waiting, _still_waits),
        ("waiting-list-offered", "A place for someone who waits", _offered, _is_offered),
        ("waiting-list-lapsed", "An offered place was not accepted in time", _lapsed, _always),
        ("waiting-list-closed", "A course with a waiting list is cancelled", _not_run, _always),
    ):
        outbox.register(kind, label=label, render=render_message, is_still_valid=is_still_valid)
    outbox.register(
        "course-reminder",
        label="Reminders of courses, a week and a day before",
        render=_reminder,
        is_still_valid=_is_ahead,
        can_unsubscribe=True,
    )


# --- To who booked ------------------------------------------------------------------------


def _booked(message: OutgoingMessage) -> Email:
    return _to_customer("course_booked", message)


def _to_name(message: OutgoingMessage) -> Email:
    return _to_customer("course_name_delegates", message)


def _cancelled(message: OutgoingMessage) -> Email:
    """What was cancelled at the moment that the occasion names, and what it costs."""
    ended = [
        place
        for place in _booking(message).places
        if place.is_cancelled and place.ended_at and place.ended_at.isoformat() == message.occasion
    ]
    fee = formatting.money(sum(place.fee for place in ended))
    facts = [("Cancelled", ", ".join(str(place) for place in ended)), ("Fee", fee)]
    return _to_customer("course_places_cancelled", message, facts, ended=ended)


def _to_customer(name, message, facts=(), **context):
    booking = _booking(message)
    payer = f"{booking.customer}"
    if booking.purchase_order:
        payer += f", purchase order {booking.purchase_order}"
    facts = [
        *_cohort_facts(booking.cohort),
        *(facts or [("Delegates", ", ".join(str(place) for place in booking.live_places))]),
        ("Price", formatting.money(booking.total)),
        ("Invoice to", payer),
        ("Reference", booking.reference),
    ]
    page = settings.SITE_URL + booking.get_absolute_url()
    context |= {"booking": booking, "cohort": booking.cohort, "facts": facts, "page": page}
    return render(f"training/email/{name}", context, message=message)


# --- To a learner -------------------------------------------------------------------------


def _joining(message: OutgoingMessage) -> Email:
    place = _place(message)
    invitation = invitations.invitation(place, at=message.due_at)
    was_named_before = place.named_at is not None and place.named_at < message.due_at
    is_changed = place.cohort.sequence > 0 and was_named_before
    return _to_learner("course_joining", message, invitation, is_changed=is_changed)


def _reminder(message: OutgoingMessage) -> Email:
    return _to_learner("course_reminder", message)


def _ended(message: OutgoingMessage) -> Email:
    invitation = invitations.invitation(_place(message), at=message.due_at, is_cancelled=True)
    return _to_learner("course_place_ended", message, invitation)


def _to_learner(name, message, invitation=None, **context):
    place = _place(message)
    # Names are other people's own words, and the learner may never have heard of them.
    context |= {
        "place": place,
        "booked_by": name_in_mail(place.booking.customer),
        "ended_by": name_in_mail(place.ended_by or ""),
        "is_own": place.email.lower() == place.booking.booked_by.email.lower(),
        "cohort": place.cohort,
        "facts": _cohort_facts(place.cohort),
        "page": _my_learning(),
    }
    return render(f"training/email/{name}", context, message=message, calendar=invitation)


# --- To who waits -------------------------------------------------------------------------


def _waiting(message: OutgoingMessage) -> Email:
    return _to_waiting("waiting_list_joined", message)


def _offered(message: OutgoingMessage) -> Email:
    waiting = _waiting_place(message)
    offer = [
        ("Offered to you", formatting.count(waiting.offered, "place")),
        ("Answer by", formatting.date_and_time(cast(datetime, waiting.offer_expires_at))),
    ]
    page = settings.SITE_URL + reverse("training:offer", args=[waiting.uuid])
    return _to_waiting("waiting_list_offered", message, offer, page=page)


def _lapsed(message: OutgoingMessage) -> Email:
    return _to_waiting("waiting_list_lapsed", message)


def _not_run(message: OutgoingMessage) -> Email:
    return _to_waiting("waiting_list_closed", message)


def _to_waiting(name, message, facts=(), **context):
    waiting = _waiting_place(message)
    facts = [*facts, *_cohort_facts(waiting.cohort), ("Places wanted", waiting.places)]
    context = {
        "waiting": waiting,
        "cohort": waiting.cohort,
        "facts": facts,
        "page": _my_learning(),
        "offer_hours": settings.WAITING_LIST_OFFER_HOURS,
        **context,
    }
    return render(f"training/email/{name}", context, message=message)


# --- What they have in common -------------------------------------------------------------


def _cohort_facts(cohort):
    """When and where, with the zone in words; then which course."""
    times = [
        ("Teaching", formatting.when_range(session.starts_at, session.ends_at))
        for session in cohort.sessions
    ]
    return [
        *times,
        ("Time zone", formatting.zone_name()),
        ("Where", cohort.full_location),
        ("Course", f"{cohort.course}, {cohort.code}"),
    ]


def _my_learning() -> str:
    return settings.SITE_URL + reverse("training:learning")


def _booking(message: OutgoingMessage) -> CourseBooking:
    return CourseBooking.objects.with_details().get(uuid=message.subject_uuid)


def _place(message: OutgoingMessage) -> Enrolment:
    related = ("booking__organisation", "booking__booked_by", "cohort__course", "learner")
    return Enrolment.objects.select_related("ended_by", *related).get(uuid=message.subject_uuid)


def _waiting_place(message: OutgoingMessage) -> WaitingListPlace:
    return WaitingListPlace.objects.select_related("cohort__course").get(uuid=message.subject_uuid)


# --- Whether they are still true ----------------------------------------------------------


def _always(message: OutgoingMessage, at: datetime) -> bool:
    return True


def _has_places(message: OutgoingMessage, at: datetime) -> bool:
    return bool(_booking(message).live_places)


def _has_unnamed_places(message: OutgoingMessage, at: datetime) -> bool:
    booking = _booking(message)
    return bool(booking.unnamed_places) and _is_of(message, booking.cohort, at)


def _still_waits(message: OutgoingMessage, at: datetime) -> bool:
    return _waiting_place(message).is_waiting


def _is_offered(message: OutgoingMessage, at: datetime) -> bool:
    waiting = _waiting_place(message)
    offered_at = waiting.offered_at.isoformat() if waiting.offered_at else ""
    return waiting.has_offer(at) and offered_at == message.occasion


def _is_current(message: OutgoingMessage, at: datetime) -> bool:
    """A learner's message holds while the place is theirs, with dates and place as they were."""
    place = _place(message)
    return place.is_live and _sequence(message) == place.cohort.sequence


def _is_ahead(message: OutgoingMessage, at: datetime) -> bool:
    place = _place(message)
    return place.is_live and _is_of(message, place.cohort, at)


def _is_of(message: OutgoingMessage, cohort: Cohort, at: datetime) -> bool:
    return _sequence(message) == cohort.sequence and not cohort.has_begun(at)


def _sequence(message: OutgoingMessage) -> int:
    return int(message.occasion.split(":")[0])
