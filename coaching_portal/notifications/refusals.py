"""Addresses that refuse mail: noted when a mail server says so, and what is held for them."""

import re
from smtplib import SMTPRecipientsRefused

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Lower, NullIf

from coaching_portal.notifications.kinds import kind_of
from coaching_portal.notifications.models import OutgoingMessage, RefusedAddress

Status = OutgoingMessage.Status
# "5.7.1 Relaying denied" (RFC 3463, X.7) is about us, or about what we wrote: no fault of theirs.
POLICY = re.compile(rb"\A\s*5\.7\.")


def reply_about_recipient(error):
    """What a mail server said when it refused the recipient for good, or "" where it did not."""
    if not isinstance(error, SMTPRecipientsRefused):
        return ""
    for code, reply in error.recipients.values():
        words = reply if isinstance(reply, bytes) else str(reply).encode()
        if code >= 500 and not POLICY.match(words):
            return f"{code} {words.decode(errors='replace')}"[:500]
    return ""


def note(message, error, at):
    """Remember that the address of this message refuses mail, where the error says so."""
    if reply := reply_about_recipient(error):
        RefusedAddress.objects.update_or_create(
            email=message.send_to.lower(), defaults={"refused_at": at, "reply": reply}
        )


def is_refused(message):
    """Whether the message has to wait, because its address refuses mail."""
    is_held = not kind_of(message.kind).is_always_tried
    return is_held and RefusedAddress.objects.of(message.send_to).exists()


def accepted(message):
    """A mail that was tried all the same has been accepted: the address takes mail again."""
    if kind_of(message.kind).is_always_tried:
        RefusedAddress.objects.of(message.send_to).delete()


def release():
    """Let messages go on whose address is cleared, or is another one by now."""
    address = Lower(Coalesce(NullIf("address", Value("")), F("recipient__email")))
    held = OutgoingMessage.objects.filter(status=Status.HELD).alias(to=address)
    free = held.exclude(to__in=RefusedAddress.objects.values("email"))
    OutgoingMessage.objects.filter(pk__in=free.values("pk")).update(
        status=Status.WAITING, settled_at=None, attempts=0
    )
