"""A coach books for a client of hers, or for somebody new whom she enters."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from bookings.actions import locking
from bookings.actions.booking import book
from bookings.actions.booking_request import BookingRequest, Details
from bookings.actions.checks import NotOffered
from bookings.actions.locking import atomic_with_retry
from bookings.models import CoachingSession
from profiles.accounts import contacts
from profiles.models import Client, Coach, User


@dataclass(frozen=True)
class NewPerson:
    """Somebody whom the coach enters: by name, with an email address or a phone number."""

    name: str
    email: str = ""
    phone: str = ""


@atomic_with_retry
def book_for_client(
    *,
    booking_request: BookingRequest,
    client: User | NewPerson,
    by: User,
    at: datetime,
    details: Details,
    tells_client: bool = True,
) -> CoachingSession:
    """Book the coach's time for a client; where she says so, without an email to them."""
    coach = locking.lock_coach(booking_request.coach)
    if by.pk != coach.user_id:
        raise NotOffered("Only the coach can book like this.")
    if isinstance(client, NewPerson):
        client = get_or_create_contact(client, coach=coach)
    return book(
        booking_request=replace(booking_request, coach=coach),
        client=client,
        by=by,
        at=at,
        details=details,
        tells_client=tells_client,
    )


def get_or_create_contact(person: NewPerson, *, coach: Coach) -> User:
    """The coach's own client with that email address, or a new contact. Her row is locked.

    Whether the address is that of an account is not asked: the coach would learn it.
    """
    email = person.email.lower()
    if email and email == coach.user.email:
        raise NotOffered("A coach cannot book a session with themselves.")
    if email:
        theirs = Q(user__email=email) | Q(user__unproved_email=email)
        own = Client.objects.filter(theirs, coach=coach).select_related("user").order_by("pk")
        if found := own.first():
            return found.user
    return contacts.create_contact(name=person.name, email=email, phone=person.phone)
