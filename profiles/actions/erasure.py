"""Erasing somebody: the person goes, the rows that others rely on stay."""

from django.db import transaction

from coaching_portal.common import transactions
from coaching_portal.common.formatting import when
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import outbox
from coaching_portal.notifications.privacy import ERASED
from coaching_portal.notifications.rendering import render
from coaching_portal.personal_data import privacy
from profiles.models import Erasure, User


class CannotBeErased(Refusal):
    """Something has to be settled first; `blockers` say what and where."""

    def __init__(self, blockers):
        super().__init__(" ".join(each.text for each in blockers))
        self.blockers = blockers


def blockers_of(user, at):
    """What has to be settled before this person can be erased."""
    if user.is_staff or user.is_coach:
        text = "You work for the practice: ask its owner to close your account first."
        return [privacy.ErasureBlocker(text, "/contact/")]
    asked = [kept.blockers for kept in privacy.kinds() if kept.blockers]
    return [blocker for blockers in asked for blocker in blockers(user, at)]


BUSY = "Someone is changing one of your bookings. Try again in a minute."


def _refusal(error):
    if transactions.is_worth_another_try(error):
        return CannotBeErased([privacy.ErasureBlocker(BUSY, "/account/privacy/erase/")])
    return None


@transactions.atomic_with_retry(_refusal)
def erase(*, user, at, by_practice=False):
    """Drop the person from everything that is kept, say goodbye, and note that it was done.

    Raises CannotBeErased. Later apps first, because earlier ones know whom the rows were about.
    """
    for kept in privacy.kinds():
        if kept.lock:
            kept.lock(user)
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if found := blockers_of(user, at):
        raise CannotBeErased(found)
    address = user.email
    _drop(user, at)
    erasure = Erasure.objects.create(person=user.uuid, erased_at=at, by_practice=by_practice)
    outbox.queue(ERASED, about=erasure, address=address, due_at=at)
    return erasure


@transaction.atomic
def erase_again(*, person, at):
    """Erase somebody who came back with a restored backup; whether there was anybody.

    What would stand in the way of a person's own request does not stand in the way of this.
    """
    user = User.objects.select_for_update(no_key=True).filter(uuid=person).first()
    if user is None or user.is_erased:
        return False
    _drop(user, at)
    Erasure.objects.get_or_create(person=person, defaults={"erased_at": at})
    return True


def _drop(user, at):
    for kept in reversed(privacy.kinds()):
        if kept.erase:
            kept.erase(user, at)


def register_erasure_email():
    outbox.register(
        ERASED,
        render=_erasure_email,
        is_still_valid=lambda message, at: True,
        label="Account: Erased",
    )


def _erasure_email(message):
    return render("profiles/email/erased", {"facts": [("When", when(message.created_at))]})


def erased_people():
    """The uuids of those who were erased: kept apart from backups, they are erased again."""
    return [
        str(person) for person in Erasure.objects.order_by("pk").values_list("person", flat=True)
    ]
