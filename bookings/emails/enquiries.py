"""The email that announces an enquiry to the practice; its text stays in the admin."""

from datetime import datetime

from django.urls import reverse

from bookings.models import Enquiry
from coaching_portal.billing.models import Practice
from coaching_portal.notifications import outbox
from coaching_portal.notifications.kinds import Email
from coaching_portal.notifications.models import OutgoingMessage
from coaching_portal.notifications.rendering import render

KIND = "enquiry-received"


def register() -> None:
    outbox.register(
        KIND, label="Enquiry, to the practice", render=render_message, is_still_valid=still_waits
    )


def enquiry_received(enquiry: Enquiry, *, at: datetime) -> None:
    """Owe the practice a note, where it has an address."""
    address = Practice.current().email
    if address:
        outbox.queue(KIND, about=enquiry, address=address, due_at=at)


def still_waits(message: OutgoingMessage, at: datetime) -> bool:
    return Enquiry.objects.waiting().filter(uuid=message.subject_uuid).exists()


def render_message(message: OutgoingMessage) -> Email:
    enquiry = Enquiry.objects.get(uuid=message.subject_uuid)
    address = reverse("admin:bookings_enquiry_change", args=[enquiry.pk])
    return render("bookings/email/enquiry_received", {"enquiry": enquiry, "address": address})
