"""Consent to keep health data: recorded with its words, easy to withdraw.

Accessibility needs are data about health, for which the practice needs explicit consent
(UK GDPR, article 9(2)(a)). Writing them down beside these words gives it; emptying the field, or
the button under "Your data", takes it back (article 7(3)), and then every copy goes.
"""

from datetime import datetime

from django.db import transaction

from coaching_portal.personal_data import privacy
from profiles.models import Consent, User

NEEDS_WORDS = (
    "By writing here you agree that we keep it and show it to your coaches and trainers. "
    "You can withdraw this at any time: clear this field and we delete it."
)
NEEDS = Consent.Purpose.NEEDS


@transaction.atomic
def record_needs(*, user: User, needs: str, at: datetime) -> None:
    """Keep a user's accessibility needs with the consent to do so, or neither if empty."""
    user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    user.needs = needs
    user.save(update_fields=["needs"])
    if needs:
        given = {"words": NEEDS_WORDS, "given_at": at}
        Consent.objects.open().get_or_create(user=user, purpose=NEEDS, defaults=given)
    else:
        _withdraw(user, at)


@transaction.atomic
def withdraw_consent(*, consent: Consent, at: datetime) -> None:
    """Withdraw a consent: what was kept because of it goes, wherever it was copied to."""
    user = User.objects.select_for_update(no_key=True).get(pk=consent.user_id)
    _withdraw(user, at)


def _withdraw(user: User, at: datetime) -> None:
    Consent.objects.filter(user=user, purpose=NEEDS).end(at)
    for kept in privacy.kinds():
        if kept.withdraw:
            kept.withdraw(user, at)
