"""Taking an enquiry, and marking it answered."""

from datetime import datetime
from typing import Any

from django.db import transaction

from bookings.emails import enquiries
from bookings.models import Enquiry
from profiles.models import User


@transaction.atomic
def submit_enquiry(
    *, subject: str, name: str, email: str, message: str, at: datetime, **details: Any
) -> Enquiry:
    """Keep what a visitor asks and tell the practice; the reference is the visitor's to quote."""
    enquiry = Enquiry.objects.create(
        subject=subject, name=name, email=email, message=message, received_at=at, **details
    )
    enquiries.enquiry_received(enquiry, at=at)
    return enquiry


@transaction.atomic
def mark_answered(*, enquiry: Enquiry, by: User, at: datetime) -> Enquiry:
    """Take the enquiry off the list of those that wait. The first to say so is kept."""
    enquiry = Enquiry.objects.select_for_update().get(pk=enquiry.pk)
    if enquiry.answered_at is None:
        enquiry.answered_at, enquiry.answered_by = at, by
        enquiry.save(update_fields=["answered_at", "answered_by"])
    return enquiry
