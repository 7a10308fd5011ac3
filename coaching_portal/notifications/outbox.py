"""Messages that the portal owes: written by actions, delivered by a worker.

An app registers each kind of message in `AppConfig.ready()`; an action posts a row in its own
transaction; `deliver_due` asks again whether it is still true, renders it and sends it.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from coaching_portal.common import vault
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications.delivery import deliver_due
from coaching_portal.notifications.kinds import Email, kind_of, register
from coaching_portal.notifications.models import MessageEvent, OutgoingMessage

__all__ = [
    "Email",
    "build_message",
    "deliver_due",
    "owe_again",
    "queue",
    "queue_all",
    "register",
    "secret_of",
    "send_again",
    "withdraw",
]


class CannotBeSentAgain(Refusal):
    """A message that still waits, or whose secret has been erased."""


def queue(kind: str, **what: Any) -> None:
    """Owe a message, as `build_message` has it. Call it inside the action's transaction."""
    queue_all([build_message(kind, **what)])


def queue_all(new_messages: Iterable[OutgoingMessage]) -> None:
    """Owe several at once. Posting the same again changes nothing."""
    OutgoingMessage.objects.bulk_create(new_messages, ignore_conflicts=True)


def build_message(
    kind: str,
    *,
    about: Any,
    due_at: datetime,
    recipient: Any | None = None,
    address: str = "",
    occasion: str = "",
    not_after: datetime | None = None,
    secret: dict[str, Any] | None = None,
) -> OutgoingMessage:
    """A message about the object `about` (it has a `uuid`), once per kind, occasion, recipient.

    `secret`, a dict of codes or links for the template, is encrypted while it waits and erased
    afterwards.
    """
    return OutgoingMessage(
        kind=kind_of(kind).name,
        subject_uuid=about.uuid,
        occasion=occasion,
        recipient=recipient,
        address=address,
        due_at=due_at,
        not_after=not_after,
        secret=vault.encrypt(json.dumps(secret).encode()) if secret else None,
    )


def secret_of(message: OutgoingMessage) -> dict[str, Any]:
    """The dict that `queue` was given, or an empty one where there is none (any more)."""
    if not message.secret:
        return {}
    return json.loads(vault.decrypt(bytes(message.secret)))


def withdraw(*, about: Any, occasion: str, at: datetime) -> bool:
    """Not send what waits about the object on this occasion; gives whether none of it had left.

    Call it inside the action's transaction, and undo that where something had left.
    """
    messages = OutgoingMessage.objects.filter(subject_uuid=about.uuid, occasion=occasion)
    messages.filter(status="WAITING").update(status="DROPPED", settled_at=at)
    return not messages.exclude(status="DROPPED").exists()


def owe_again(*, about: Any, occasion: str, new_occasion: str, since: datetime) -> None:
    """Owe on another occasion what still waits, or was out of date since then."""
    messages = OutgoingMessage.objects.filter(subject_uuid=about.uuid, occasion=occasion)
    waiting = Q(status="WAITING") | Q(status="DROPPED", settled_at__gte=since)
    messages.filter(waiting).update(
        occasion=new_occasion, status="WAITING", settled_at=None, attempts=0
    )


@transaction.atomic
def send_again(*, message: OutgoingMessage, by: Any, at: datetime) -> OutgoingMessage:
    """Owe a settled message once more; when its turn comes it is asked again whether it is true."""
    message = OutgoingMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not message.can_be_sent_again:
        raise CannotBeSentAgain(
            "This message is still waiting, or contained a code that is now erased."
        )

    message.status, message.due_at, message.settled_at = "WAITING", at, None
    message.attempts, message.last_error = 0, ""
    message.repeats += 1
    message.save()
    MessageEvent.objects.create(
        message=message, what=MessageEvent.What.ASKED_AGAIN, at=at, detail=f"By {by}"
    )
    return message
