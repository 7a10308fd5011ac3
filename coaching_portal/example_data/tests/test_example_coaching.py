from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from bookings.invoicing import unbilled
from bookings.models import CoachingSession
from coaching_portal.billing.billable_items import by_payer
from coaching_portal.example_data import coaching, hours, people
from coaching_portal.notifications.models import OutgoingMessage


@pytest.mark.django_db
def test_the_example_has_coaching_in_every_state():
    at = timezone.now()
    for subject in (people, hours, coaching):
        subject.load(at)
    made = CoachingSession.objects.count()
    coaching.load(at)

    sessions = CoachingSession.objects.all()
    assert sessions.count() == made
    states = Counter(sessions.values_list("status", flat=True))
    assert set(states) == {"BOOKED", "COMPLETED", "CANCELLED", "CANCELLED_LATE", "NO_SHOW"}
    assert sessions.filter(status="BOOKED", ends_at__lte=at).count() == 1
    assert sessions.filter(waived_at__isnull=False).exists()

    payers = by_payer(unbilled(at.date()))
    lacking = [
        payer
        for payer in payers
        if payer.organisation
        and payer.organisation.requires_purchase_order
        and not payer.purchase_order
    ]
    assert (len(payers), len(lacking)) == (12, 1)
    waiting = OutgoingMessage.objects.filter(status="WAITING", due_at__lt=at - timedelta(days=1))
    assert not waiting.exists()
