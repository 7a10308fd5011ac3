"""Accepting, later, the agreement of a session that the coach has booked.

The address of somebody whom a coach has entered is proved by the link that was emailed to it, or
by signing in with it. Only then does what she booked join the account of that address.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from bookings.actions import locking
from bookings.actions.booking import agreement_for, record
from bookings.actions.booking_request import Acceptance
from bookings.actions.locking import atomic_with_retry
from bookings.models import AcceptanceLink, CoachingSession, SessionEvent
from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications.contact import ways
from profiles.accounts import contacts
from profiles.models import Client, Coach, User


class LinkUsed(Refusal):
    def __init__(self, message: str = "That link has been used, or it is too old.") -> None:
        super().__init__(message)


class AccountClosed(Refusal):
    pass


@atomic_with_retry
def accept_by_link(*, token: str, acceptance: Acceptance, at: datetime) -> CoachingSession:
    """Accept by the link that was emailed: whoever has it reads that email."""
    working = AcceptanceLink.objects.of_link(token).that_work(at)
    asked = CoachingSession.objects.filter(pk__in=working.values("session"))
    return _accept(asked, acceptance, at=at, account_of=contacts.account_of)


@atomic_with_retry
def accept(
    *, session: CoachingSession, by: User, acceptance: Acceptance, at: datetime
) -> CoachingSession:
    """Accept as the signed-in client, or as whoever has proved the contact's email address."""
    asked = CoachingSession.objects.to_accept(by, at).filter(pk=session.pk)
    return _accept(asked, acceptance, at=at, account_of=lambda contact: by)


def _accept(
    asked: CoachingSessionQuerySet,
    acceptance: Acceptance,
    *,
    at: datetime,
    account_of: Callable[[User], User | None],
) -> CoachingSession:
    """`asked` finds the session as long as it may be accepted."""
    found = asked.select_related("coach").first()
    if found is None:
        raise LinkUsed
    coach = locking.lock_coach(found.coach)
    # Asked again once her row is locked: of two presses of the button the second finds nothing.
    found = asked.select_related("client").first()
    if found is None or not found.can_be_accepted(at):
        raise LinkUsed
    client = locking.lock_client(cast(User, found.client))
    account = client
    if client.is_contact:
        account = _locked_account(client, account_of(client), coach=coach)
    session = locking.lock_session(found)
    session.client = account
    session.agreement = agreement_for(session, acceptance, by=account, at=at)
    session.awaits_acceptance, session.accepted_later_at = False, at
    session.save(update_fields=["client", "agreement", "awaits_acceptance", "accepted_later_at"])
    AcceptanceLink.objects.filter(session=session).delete()
    record(session, SessionEvent.What.ACCEPTED, by=account, at=at)
    if account.pk != client.pk:
        _join(client, account, coach=coach)
    return session


def _locked_account(contact: User, account: User | None, *, coach: Coach) -> User:
    if account is None:
        raise AccountClosed(f"This account is closed. To open it again, {ways()}.")
    if account.pk == contact.pk:
        return account
    account = locking.lock_client(account)
    if not account.is_active or account.pk == coach.user_id:
        raise AccountClosed(
            f"The session cannot be accepted with this account. To change that, {ways()}."
        )
    return account


def _join(contact: User, account: User, *, coach: Coach) -> None:
    """What the coach has booked for the contact is the account's; what is invoiced stays."""
    CoachingSession.objects.filter(client=contact, invoice_line=None).update(client=account)
    relation = Client.objects.filter(user=contact, coach=coach)
    if CoachingSession.objects.filter(client=contact).exists():
        Client.objects.get_or_create(user=account, coach=coach)
        return
    if Client.objects.filter(user=account, coach=coach).exists():
        relation.delete()
    else:
        relation.update(user=account)
    contacts.hand_over_messages(contact=contact, account=account)
    contact.delete()
