"""Taking a complaint about data protection, acknowledging it, and noting that it is answered."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from coaching_portal.common.formatting import long_date, when
from coaching_portal.notifications import outbox, sender
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render
from profiles.models import DataComplaint, User
from profiles.models.complaints import ACKNOWLEDGEMENT, DataComplaintQuerySet

RECEIVED = "complaint-received"


@transaction.atomic
def complain(*, name: str, email: str, message: str, at: datetime) -> DataComplaint:
    """Keep the complaint, acknowledge it by mail at once, and tell the practice."""
    complaint = DataComplaint.objects.create(
        name=name, email=email, message=message, received_at=at
    )
    outbox.queue(ACKNOWLEDGEMENT, about=complaint, address=email, due_at=at)
    if address := sender.practice().email:
        outbox.queue(RECEIVED, about=complaint, address=address, due_at=at)
    return complaint


@transaction.atomic
def mark_acknowledged(*, complaint: DataComplaint, at: datetime) -> None:
    """Note that it was acknowledged otherwise than by our mail. The first moment is kept."""
    DataComplaint.objects.filter(pk=complaint.pk, acknowledged_at=None).update(acknowledged_at=at)


@transaction.atomic
def mark_answered(*, complaint: DataComplaint, by: User, at: datetime) -> DataComplaint:
    """Note that the outcome is told: the first to say so stays, and when it was acknowledged."""
    complaint = DataComplaint.objects.select_for_update().get(pk=complaint.pk)
    if complaint.answered_at is None:
        found = DataComplaint.objects.with_acknowledgement().get(pk=complaint.pk)
        complaint.acknowledged_at = found.acknowledged or at
        complaint.answered_at, complaint.answered_by = at, by
        complaint.save(update_fields=["acknowledged_at", "answered_at", "answered_by"])
    return complaint


def register_kinds() -> None:
    outbox.register(
        ACKNOWLEDGEMENT,
        label="Complaint about data protection, acknowledged",
        render=_acknowledgement,
        is_still_valid=lambda message, at: _about(message).exists(),
    )
    outbox.register(
        RECEIVED,
        label="Complaint about data protection, to the practice",
        render=_to_the_practice,
        is_still_valid=lambda message, at: _about(message).waiting().exists(),
    )


def _about(message: OutgoingMessage) -> DataComplaintQuerySet:
    return DataComplaint.objects.filter(uuid=message.subject_uuid)


def _acknowledgement(message: OutgoingMessage) -> Email:
    """Fixed words: the address was typed, and may be a stranger's."""
    complaint = _about(message).get()
    facts = [("Reference", complaint.reference), ("Received", when(complaint.received_at))]
    return render("profiles/email/complaint_acknowledged", {"facts": facts})


def _to_the_practice(message: OutgoingMessage) -> Email:
    complaint = _about(message).get()
    facts = [
        ("Reference", complaint.reference),
        ("Received", when(complaint.received_at)),
        ("Acknowledge by", long_date(complaint.acknowledge_by)),
    ]
    address = reverse("admin:profiles_datacomplaint_change", args=[complaint.pk])
    context = {"facts": facts, "address": address, "complaint": complaint}
    return render("profiles/email/complaint_received", context)
