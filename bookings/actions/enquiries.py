"""Taking an enquiry, and marking it answered."""

from django.db import transaction

from bookings.emails import enquiries
from bookings.models import Enquiry


@transaction.atomic
def submit_enquiry(*, subject, name, email, message, at, **details):
    """Keep what a visitor asks and tell the practice; the reference is the visitor's to quote."""
    enquiry = Enquiry.objects.create(
        subject=subject, name=name, email=email, message=message, received_at=at, **details
    )
    enquiries.enquiry_received(enquiry, at=at)
    return enquiry


@transaction.atomic
def mark_answered(*, enquiry, by, at):
    """Take the enquiry off the list of those that wait. The first to say so is kept."""
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if enquiry.answered_at is None:
        enquiry.answered_at, enquiry.answered_by = at, by
        enquiry.save(update_fields=["answered_at", "answered_by"])
    return enquiry
