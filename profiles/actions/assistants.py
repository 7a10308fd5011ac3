"""A client invites an assistant, who accepts; either of them ends it at any time.

The client's row is locked first, so that what happens to one client's assistants at the same
moment happens one after the other.
"""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from coaching_portal.common.refusals import Refusal
from profiles.actions import assistant_emails as emails
from profiles.models import AssistantInvitation, DiaryDelegate, User
from profiles.models.assistants import token_hash

MOST_ASSISTANTS = 5
INVITATION_LASTS = timedelta(days=14)
RANDOM_BYTES = 32


class NotAClient(Refusal):
    def __init__(self) -> None:
        super().__init__("You can name an assistant once you have booked a session.")


class TooManyAssistants(Refusal):
    def __init__(self) -> None:
        super().__init__(
            f"You have {MOST_ASSISTANTS} assistants and invitations. End one that you do not need."
        )


class IsYourself(Refusal):
    def __init__(self) -> None:
        super().__init__("This is your own email address. Enter your assistant’s.")


class AssistantAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("This person is your assistant already.")


class InvitedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "You have invited this person already. To send another email, withdraw that "
            "invitation first."
        )


class InvitationEnded(Refusal):
    def __init__(self) -> None:
        super().__init__("This invitation has been answered or withdrawn, or it is too old.")


class EndedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("This has ended already.")


@transaction.atomic
def invite_assistant(
    *, client: User, name: str, email: str, at: datetime
) -> tuple[AssistantInvitation, str]:
    """Owe the invitation to that address, and give it with its token; or raise a Refusal.

    Whether there is an account with that email makes no difference.
    """
    email = email.lower()
    lock_client(client)  # so that two of one client are counted one after the other
    _end_expired(client, at)
    _check_may_be_invited(client, email, at)
    token = secrets.token_urlsafe(RANDOM_BYTES)
    invitation = AssistantInvitation.objects.create(
        client=client,
        name=name,
        email=email,
        token_sha256=token_hash(token),
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    emails.assistant_invited(invitation, token=token, at=at)
    return invitation, token


def _end_expired(client: User, at: datetime) -> None:
    old = client.assistant_invitations.filter(accepted_at=None, ended_at=None, expires_at__lte=at)
    for invitation in old:
        invitation.ended_at = invitation.expires_at
        invitation.save(update_fields=["ended_at"])


def _check_may_be_invited(client: User, email: str, at: datetime) -> None:
    if not client.client_of.exists():
        raise NotAClient
    if email == client.email:
        raise IsYourself
    if client.diary_delegates.filter(user__email=email).exists():
        raise AssistantAlready
    waiting = client.assistant_invitations.waiting(at)
    if waiting.filter(email=email).exists():
        raise InvitedAlready
    if client.diary_delegates.count() + waiting.count() >= MOST_ASSISTANTS:
        raise TooManyAssistants


@transaction.atomic
def accept_invitation(
    *, invitation: AssistantInvitation, user: User, at: datetime
) -> DiaryDelegate:
    """From now on the user books for the client, who is told; or raise InvitationEnded."""
    invitation = _lock_waiting(invitation, at)
    if invitation.email != user.email or not invitation.client.is_active:
        raise InvitationEnded
    if user == invitation.client:  # who has since taken the address that was invited
        raise IsYourself
    invitation.assistant, invitation.accepted_at = user, at
    invitation.save(update_fields=["assistant", "accepted_at"])
    assistant, _ = DiaryDelegate.objects.get_or_create(user=user, client=invitation.client)
    emails.invitation_accepted(invitation, at=at)
    return assistant


@transaction.atomic
def decline_invitation(*, invitation: AssistantInvitation, at: datetime) -> None:
    """End an invitation that waits, and tell the client; or raise InvitationEnded."""
    invitation = _lock_waiting(invitation, at)
    _end(invitation, at)
    emails.invitation_declined(invitation, at=at)


@transaction.atomic
def withdraw_invitation(*, invitation: AssistantInvitation, at: datetime) -> None:
    """The link in the email no longer works; or raise InvitationEnded."""
    _end(_lock_waiting(invitation, at), at)


def _lock_waiting(invitation: AssistantInvitation, at: datetime) -> AssistantInvitation:
    client = lock_client(invitation.client)
    found = AssistantInvitation.objects.filter(pk=invitation.pk).first()
    if found is None or not found.is_waiting(at):
        raise InvitationEnded
    found.client = client
    return found


def _end(invitation: AssistantInvitation, at: datetime) -> None:
    invitation.ended_at = at
    invitation.save(update_fields=["ended_at"])


@transaction.atomic
def end_assistant(*, client: User, assistant: User, at: datetime) -> None:
    """The assistant sees and does nothing more, from this moment; both are told."""
    lock_client(client)
    ended, _ = DiaryDelegate.objects.filter(client=client, user=assistant).delete()
    if not ended:
        raise EndedAlready
    accepted = client.assistant_invitations.filter(assistant=assistant, ended_at=None)
    accepted.update(ended_at=at)
    emails.assistant_ended(client=client, assistant=assistant, at=at)


def lock_client(client: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=client.pk)
