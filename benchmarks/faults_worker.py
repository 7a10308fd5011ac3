"""The portal's Celery application for measurements: a quicker clock, or a guard taken away.

celery -A benchmarks.faults_worker worker

`FASTER=4` shortens the lease, a run and the waits between attempts to a quarter. `CONTROL` names a
function below that takes the place of claiming, as careless code would have it.
"""

import os

from celery.signals import celeryd_init

from coaching_portal.celery import app

__all__ = ["app"]


@celeryd_init.connect
def change(**_):
    from coaching_portal.notifications import delivery

    faster = int(os.environ.get("FASTER", "1"))
    delivery.LEASE /= faster
    # The default of `seconds` was read long ago.
    delivery.deliver_due.__defaults__ = (50, delivery.SECONDS_A_RUN / faster)
    patiently = delivery.wait_after
    delivery.wait_after = lambda attempts: patiently(attempts) / faster
    if control := os.environ.get("CONTROL"):
        delivery.claim = globals()[control]


def sent_before_sending(at, limit):
    """Settle first, then send: whatever a killed worker had in its hands is lost."""
    from coaching_portal.notifications.models import OutgoingMessage

    due = list(OutgoingMessage.objects.due(at).order_by("due_at", "pk")[:limit])
    OutgoingMessage.objects.filter(pk__in=[message.pk for message in due]).update(status="SENT")
    return due


def sent_without_claiming(at, limit):
    """Take what is due without saying so: the other worker takes it too."""
    from coaching_portal.notifications.models import OutgoingMessage, OutgoingMessageQuerySet

    OutgoingMessageQuerySet.being_sent = lambda self, message: self.filter(pk=message.pk)
    return list(OutgoingMessage.objects.due(at).order_by("due_at", "pk")[:limit])
