"""Messages that people would rather not get. Only kinds registered as such can be declined."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from coaching_portal.notifications.kinds import kind_of, with_unsubscribe
from coaching_portal.notifications.models import MessagePreference


def _signer():
    return signing.Signer(salt="notifications.declining")


def is_declined(message):
    if message.recipient_id is None or not kind_of(message.kind).can_unsubscribe:
        return False
    mine = MessagePreference.objects.filter(user=message.recipient_id, kind=message.kind)
    return mine.filter(declined=True).exists()


def declined_by(user):
    """The names of the kinds that this user has declined."""
    rows = MessagePreference.objects.filter(user=user, declined=True)
    return set(rows.values_list("kind", flat=True))


def choose(*, user, kind, declined):
    """Keep the user's choice about one kind."""
    MessagePreference.objects.update_or_create(
        user=user, kind=kind, defaults={"declined": declined}
    )


def decline_url(message):
    """A signed address that declines this kind without signing in; "" where it may not be."""
    if message.recipient is None or not kind_of(message.kind).can_unsubscribe:
        return ""
    token = token_of(message.recipient, message.kind)
    return settings.SITE_URL + reverse("notifications:decline", args=[token])


def token_of(user, kind):
    """Without the time in it, so that a message holds one address however often it is written."""
    return _signer().sign_object([str(user.uuid), kind], compress=True)


def read_token(token):
    """(the user's uuid, the Kind) of a signed address, or None where it is not one of ours."""
    try:
        uuid, name = _signer().unsign_object(token)
    except signing.BadSignature:
        return None
    kind = next((kind for kind in with_unsubscribe() if kind.name == name), None)
    return (uuid, kind) if kind else None
