"""Messages that the portal owes: written by actions, delivered by a worker.

An app registers each kind of message in `AppConfig.ready()`; an action posts a row in its own
transaction; `deliver_due` asks again whether it is still true, renders it and sends it.
"""

import json

from coaching_portal import vault
from coaching_portal.notifications.delivery import deliver_due
from coaching_portal.notifications.kinds import Email, kind_of, register
from coaching_portal.notifications.models import OutgoingMessage

__all__ = ["Email", "deliver_due", "post", "register", "secret_of"]


def post(
    kind,
    *,
    about,
    due_at,
    recipient=None,
    address="",
    occasion="",
    not_after=None,
    secret=None,
):
    """Owe a message about the object `about` (it has a `uuid`), once per kind, occasion, recipient.

    Call it inside the action's transaction. Posting the same again changes nothing. `secret`, a
    dict of codes or links for the template, is encrypted while it waits and erased afterwards.
    """
    message = OutgoingMessage(
        kind=kind_of(kind).name,
        subject_uuid=about.uuid,
        occasion=occasion,
        recipient=recipient,
        address=address,
        due_at=due_at,
        not_after=not_after,
        secret=vault.encrypt(json.dumps(secret).encode()) if secret else None,
    )
    OutgoingMessage.objects.bulk_create([message], ignore_conflicts=True)


def secret_of(message):
    """The dict that `post` was given, or an empty one where there is none (any more)."""
    if not message.secret:
        return {}
    return json.loads(vault.decrypt(bytes(message.secret)))
