"""The practice is told that somebody has asked something; what was asked stays in the admin."""

from django.urls import reverse

from bookings.models import Enquiry
from coaching_portal.billing.models import Practice
from coaching_portal.notifications import outbox
from coaching_portal.notifications.rendering import render

KIND = "enquiry-received"


def register():
    outbox.register(
        KIND, label="Enquiry, to the practice", render=render_message, is_still_valid=still_waits
    )


def enquiry_received(enquiry, *, at):
    """Owe the practice a note, where it has an address."""
    address = Practice.current().email
    if address:
        outbox.queue(KIND, about=enquiry, address=address, due_at=at)


def still_waits(message, at):
    return Enquiry.objects.waiting().filter(uuid=message.subject_uuid).exists()


def render_message(message):
    enquiry = Enquiry.objects.get(uuid=message.subject_uuid)
    address = reverse("admin:bookings_enquiry_change", args=[enquiry.pk])
    return render("bookings/email/enquiry_received", {"enquiry": enquiry, "address": address})
