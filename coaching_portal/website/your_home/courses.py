"""What learners and training contacts come for: offers, places to name, the next course dates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coaching_portal.billing.models import Invoice
from coaching_portal.common.dates import london_date
from coaching_portal.website.your_home.invoices import InvoicesToPay, to_pay
from coaching_portal.website.your_home.section import Section, earliest
from profiles.models import Membership, User
from training.models import CourseBooking, Enrolment, WaitingListPlace
from training.models.waiting import WaitingListPlaceQuerySet

EACH = 2


@dataclass(frozen=True, kw_only=True)
class CoursesSection(Section):
    key = "courses"
    name = "Your courses"
    template = "website/_home_courses.html"

    offers: list[WaitingListPlace]
    waiting: list[WaitingListPlace]
    to_name: list[CourseBooking]
    # The next course dates: the person's own, and those of an organisation's staff.
    places: list[Enrolment]
    bookings: list[CourseBooking]
    invoices: InvoicesToPay | None

    @property
    def is_empty(self) -> bool:
        lists = self.offers or self.waiting or self.to_name or self.places or self.bookings
        return not (lists or (self.invoices and self.invoices.number))


def section(
    user: User, at: datetime, roles: set[str], *, shows_invoices: bool
) -> CoursesSection | None:
    """For whoever learns, waits or books: a training contact sees it from the beginning."""
    waiting = list(_waiting(user)[:EACH])
    ahead = CourseBooking.objects.visible_to(user).not_begun(at).with_details()
    to_name = list(ahead.with_places_to_name()[:EACH])
    places, bookings = _next_dates(user, at)
    is_contact = Membership.Role.TRAINING_CONTACT in roles
    if not (waiting or to_name or places or bookings or is_contact or _has_booked(user)):
        return None
    offers = [row for row in waiting if row.has_offer(at)]
    own = Invoice.objects.filter(user=user)
    invoices = to_pay(own, london_date(at)) if shows_invoices else None
    dated: list[Any] = [*to_name, *places, *bookings]
    return CoursesSection(
        due_at=earliest(
            *(row.offer_expires_at for row in offers),
            *(row.cohort.begins_at for row in dated),
            invoices.due_at if invoices else None,
        ),
        offers=offers,
        waiting=[row for row in waiting if row not in offers],
        to_name=to_name,
        places=places,
        bookings=bookings,
        invoices=invoices,
    )


def _next_dates(user: User, at: datetime) -> tuple[list[Enrolment], list[CourseBooking]]:
    """The next two dates, whether she learns on them or has booked them for others."""
    places = list(Enrolment.objects.of(user).upcoming(at).with_cohorts()[:EACH])
    booked = CourseBooking.objects.visible_to(user).filter(organisation__isnull=False)
    bookings = list(booked.not_begun(at).with_details()[:EACH])
    rows: list[Any] = [*places, *bookings]
    soonest = sorted(rows, key=lambda row: row.cohort.begins_at)[:EACH]
    return [row for row in places if row in soonest], [row for row in bookings if row in soonest]


def _waiting(user: User) -> WaitingListPlaceQuerySet:
    waiting = WaitingListPlace.objects.visible_to(user).waiting().offers_first()
    return waiting.with_cohorts()


def _has_booked(user: User) -> bool:
    """Whether courses are theirs of which none is to come."""
    return (
        Enrolment.objects.of(user).exists() or CourseBooking.objects.filter(booked_by=user).exists()
    )
