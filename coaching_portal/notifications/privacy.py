"""What the outbox keeps about people."""

from django.db.models import Q
from django.db.models.functions import Lower

from coaching_portal.notifications.kinds import label_of
from coaching_portal.notifications.models import (
    MessageEvent,
    MessagePreference,
    OutgoingMessage,
    RefusedAddress,
)
from coaching_portal.personal_data import privacy

Status = OutgoingMessage.Status
SETTLED = OutgoingMessage.SETTLED
ERASED = "account-erased"


def register():
    privacy.keep(
        "messages",
        what="Which emails we sent you and when; we do not keep what they said",
        why="To know what we have told you, and to tell you once.",
        how_long="Two years.",
        export=_messages,
        erase=_forget_person,
    )
    privacy.keep(
        "preferences",
        what="Which reminders you do not want",
        why="To keep to it.",
        how_long="As long as you have an account.",
        export=lambda user: [
            {"message": label_of(each.kind), "wanted": not each.declined}
            for each in MessagePreference.objects.filter(user=user).order_by("kind")
        ],
        erase=lambda user, at: MessagePreference.objects.filter(user=user).delete(),
    )
    privacy.keep(
        "refused addresses",
        what="That your email address refused our emails, when, and what its server said",
        why="So that we do not write to an address that refuses, and can ask you for another.",
        how_long="Until it accepts emails again, two years at most.",
        export=lambda user: [
            {"address": each.email, "refused": each.refused_at.isoformat(), "reply": each.reply}
            for each in RefusedAddress.objects.of(user.email)
        ],
    )
    privacy.register_retention(
        "refused-addresses",
        days=730,
        what="Email addresses that refused our emails",
        find=lambda before: RefusedAddress.objects.filter(refused_at__lt=before),
    )
    privacy.register_retention(
        "messages",
        days=730,
        what="Messages that were sent, dropped or given up",
        find=lambda before: OutgoingMessage.objects.filter(
            status__in=SETTLED, settled_at__lt=before
        ),
    )
    privacy.register_retention(
        "farewells",
        days=1,
        what="The last message to someone who has been erased, with their address",
        find=lambda before: OutgoingMessage.objects.filter(
            kind=ERASED, status__in=SETTLED, settled_at__lt=before
        ),
    )


def _to(user):
    # Not `iexact`, which compares in capitals: there a dotless ı is an I, and another person's.
    messages = OutgoingMessage.objects.alias(in_small_letters=Lower("address"))
    return messages.filter(Q(recipient=user) | Q(in_small_letters=user.email))


def _messages(user):
    return [
        {
            "message": label_of(message.kind),
            "to": message.send_to,
            "due": message.due_at.isoformat(),
            "state": message.get_status_display(),
            "settled": message.settled_at.isoformat() if message.settled_at else "",
        }
        for message in _to(user).select_related("recipient").order_by("pk")
    ]


def _forget_person(user, at):
    """What waits is not sent; what was sent keeps its kind and its moment only."""
    _to(user).exclude(status__in=SETTLED).update(
        status=Status.DROPPED, settled_at=at, lease_until=None, secret=b""
    )
    mine = OutgoingMessage.objects.filter(recipient=user)
    mine.update(address="", last_error="")
    # An error may repeat the address that a mail server refused.
    MessageEvent.objects.filter(message__in=mine).update(detail="")


def forget_address(email):
    """What is kept of an address alone; to be called before the account loses it."""
    messages = OutgoingMessage.objects.alias(in_small_letters=Lower("address"))
    messages.filter(recipient=None, in_small_letters=email).delete()
    RefusedAddress.objects.of(email).delete()
