"""Emails about assistants: the invitation with its link, and what came of it.

An assistant gets no emails about sessions: the client does, and is told who booked.
"""

import uuid
from datetime import datetime
from typing import Any

from django.urls import reverse

from coaching_portal.common.formatting import when
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import AssistantInvitation, DiaryDelegate, User
from profiles.names import name_in_mail

INVITED = "assistant-invited"
ACCEPTED = "assistant-accepted"
DECLINED = "assistant-declined"
ENDED_FOR_CLIENT = "assistant-ended"
ENDED_FOR_ASSISTANT = "assisting-ended"


def register_kinds() -> None:
    outbox.register(
        INVITED,
        label="Assistant: invitation",
        render=_invitation,
        is_still_valid=lambda message, at: (
            bool(message.secret) and _invitations(message).waiting(at).exists()
        ),
    )
    outbox.register(
        ACCEPTED,
        label="Assistant: accepted, to the client",
        render=_to_client("profiles/email/assistant_accepted"),
        is_still_valid=lambda message, at: (
            _invitations(message).filter(accepted_at__isnull=False, ended_at=None).exists()
        ),
    )
    outbox.register(
        DECLINED,
        label="Assistant: declined, to the client",
        render=_to_client("profiles/email/assistant_declined"),
        is_still_valid=lambda message, at: _invitations(message).exists(),
    )
    outbox.register(
        ENDED_FOR_CLIENT,
        label="Assistant: ended, to the client",
        render=_ended("profiles/email/assistant_ended"),
        is_still_valid=lambda message, at: (
            not DiaryDelegate.objects.filter(
                client=message.recipient, user__uuid=message.subject_uuid
            ).exists()
        ),
    )
    outbox.register(
        ENDED_FOR_ASSISTANT,
        label="Assistant: ended, to the assistant",
        render=_ended("profiles/email/assisting_ended"),
        is_still_valid=lambda message, at: (
            not DiaryDelegate.objects.filter(
                user=message.recipient, client__uuid=message.subject_uuid
            ).exists()
        ),
    )


def assistant_invited(invitation: AssistantInvitation, *, token: str, at: datetime) -> None:
    """Owe the link to the address that was typed, whoever's it is: the email is the same."""
    outbox.queue(
        INVITED,
        about=invitation,
        address=invitation.email,
        due_at=at,
        not_after=invitation.expires_at,
        secret={"path": reverse("profiles:accept_by_link", args=[token])},
    )


def invitation_accepted(invitation: AssistantInvitation, *, at: datetime) -> None:
    outbox.queue(ACCEPTED, about=invitation, recipient=invitation.client, due_at=at)


def invitation_declined(invitation: AssistantInvitation, *, at: datetime) -> None:
    outbox.queue(DECLINED, about=invitation, recipient=invitation.client, due_at=at)


def assistant_ended(*, client: User, assistant: User, at: datetime) -> None:
    """Tell both, also the one who ended it: a notice that they did not expect is one to act on."""
    occasion = uuid.uuid4().hex
    for kind, recipient, about in (
        (ENDED_FOR_CLIENT, client, assistant),
        (ENDED_FOR_ASSISTANT, assistant, client),
    ):
        outbox.queue(kind, about=about, recipient=recipient, occasion=occasion, due_at=at)


def _invitations(message: OutgoingMessage) -> Any:
    return AssistantInvitation.objects.filter(uuid=message.subject_uuid)


def _invitation(message: OutgoingMessage) -> Email:
    """Fixed words and a name without links: the address was typed, and may be a stranger's."""
    invitation = _invitations(message).select_related("client").get()
    context = {
        "client": name_in_mail(invitation.client.name) or "A client",
        "until": when(invitation.expires_at),
        **outbox.secret_of(message),
    }
    return render("profiles/email/assistant_invited", context)


def _to_client(template: str) -> Any:
    def render_message(message: OutgoingMessage) -> Email:
        invitation = _invitations(message).get()
        facts = [("Assistant", name_in_mail(invitation.name)), ("Email address", invitation.email)]
        return render(template, _context(facts))

    return render_message


def _ended(template: str) -> Any:
    def render_message(message: OutgoingMessage) -> Email:
        other = User.objects.get(uuid=message.subject_uuid)
        facts = [("With", name_in_mail(other)), ("Ended", _when(message))]
        return render(template, _context(facts))

    return render_message


def _when(message: OutgoingMessage) -> str:
    return when(message.due_at, message.recipient.time_zone if message.recipient else None)


def _context(facts: list[tuple[str, str]]) -> dict[str, Any]:
    return {"facts": facts, "path": reverse("profiles:assistants")}
