"""Messages that the portal owes: written by actions, delivered by a worker.

An app registers each kind of message in `AppConfig.ready()`; an action posts a row in its own
transaction; `deliver_due` asks again whether it is still true, renders it and sends it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coaching_portal.notifications.models import OutgoingMessage


@dataclass(frozen=True)
class Email:
    """A rendered message. `calendar` is an (iCalendar text, METHOD) pair for an invitation."""

    subject: str
    text: str
    html: str
    calendar: tuple[str, str] | None = None
    attachments: list[tuple[str, bytes, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Kind:
    name: str
    render: Callable[[OutgoingMessage], Email]
    is_still_true: Callable[[OutgoingMessage, Any], bool]
    may_be_declined: bool
    label: str


_kinds: dict[str, Kind] = {}


def register(
    kind, *, render, is_still_true=lambda message, at: True, may_be_declined=False, label=""
):
    """Make `kind` known. `render(message)` gives an Email; `is_still_true(message, at)` a bool."""
    _kinds[kind] = Kind(kind, render, is_still_true, may_be_declined, label or kind)


def post(kind, *, about, due_at, recipient=None, address="", occasion="", not_after=None):
    """Owe a message about the object `about` (it has a `uuid`), once per kind, occasion, recipient.

    Call it inside the action's transaction. Posting the same again changes nothing.
    """
    if kind not in _kinds:
        raise LookupError(f"No message of the kind {kind!r} is registered.")
    OutgoingMessage.objects.bulk_create(
        [
            OutgoingMessage(
                kind=kind,
                subject_uuid=about.uuid,
                occasion=occasion,
                recipient=recipient,
                address=address,
                due_at=due_at,
                not_after=not_after,
            )
        ],
        ignore_conflicts=True,
    )
