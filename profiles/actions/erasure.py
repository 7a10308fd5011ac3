"""Erasing a person: the person goes, the rows that others rely on stay."""

from datetime import datetime
from uuid import UUID

from django.db import DatabaseError, transaction

from coaching_portal.common import transactions
from coaching_portal.common.formatting import when
from coaching_portal.common.refusals import Refusal
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.privacy import ERASED
from coaching_portal.notifications.rendering import render
from coaching_portal.personal_data import privacy
from profiles.models import Erasure, User


class CannotBeErased(Refusal):
    """Something has to be settled first; `blockers` say what and where."""

    def __init__(self, blockers: list[privacy.ErasureBlocker]) -> None:
        super().__init__(" ".join(each.text for each in blockers))
        self.blockers = blockers


def blockers_of(user: User, at: datetime) -> list[privacy.ErasureBlocker]:
    """What has to be settled before this person can be erased."""
    if user.is_staff or user.is_coach:
        text = "You work for the practice: ask its owner to close your account first."
        return [privacy.ErasureBlocker(text, "/contact/")]
    asked = [kept.blockers for kept in privacy.kinds() if kept.blockers]
    return [blocker for blockers in asked for blocker in blockers(user, at)]


BUSY = "Someone is changing one of your bookings. Try again in a minute."


def _refusal(error: DatabaseError) -> CannotBeErased | None:
    if transactions.is_worth_another_try(error):
        return CannotBeErased([privacy.ErasureBlocker(BUSY, "/account/privacy/erase/")])
    return None


@transactions.atomic_with_retry(_refusal)
def erase(*, user: User, at: datetime, by_practice: bool = False) -> Erasure:
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
def erase_again(*, person: UUID | str, at: datetime) -> bool:
    """Erase a person who came back with a restored backup; gives whether there was one.

    What would stand in the way of a person's own request does not stand in the way of this.
    """
    user = User.objects.select_for_update(no_key=True).filter(uuid=person).first()
    if user is None or user.is_erased:
        return False
    _drop(user, at)
    Erasure.objects.get_or_create(person=person, defaults={"erased_at": at})
    return True


def _drop(user: User, at: datetime) -> None:
    for kept in reversed(privacy.kinds()):
        if kept.erase:
            kept.erase(user, at)


def register_erasure_email() -> None:
    outbox.register(
        ERASED,
        render=_erasure_email,
        is_still_valid=lambda message, at: True,
        label="Account: Erased",
    )


def _erasure_email(message: OutgoingMessage) -> Email:
    return render("profiles/email/erased", {"facts": [("When", when(message.created_at))]})


def erased_people() -> list[str]:
    """The uuids of those who were erased: kept apart from backups, they are erased again."""
    return [
        str(person) for person in Erasure.objects.order_by("pk").values_list("person", flat=True)
    ]
