"""What a programme knows about itself: its terms in words, what may be done now, its review."""

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bookings.models.session_queries import CoachingSessionQuerySet
from coaching_portal.billing import amounts
from profiles.models import Organisation

if TYPE_CHECKING:
    from bookings.models.programmes import Programme

# Days before the review date on which both sides get a notice.
REVIEW_NOTICE_DAYS = (14, 3, 0)


class ProgrammeRules:
    """Predicates that pages and actions share, so that they cannot disagree."""

    # What the rules ask of the model that they belong to.
    Status: "type[Programme.Status]"
    BOOKABLE: "tuple[Programme.Status, ...]"
    status: str
    sessions: CoachingSessionQuerySet  # its manager answers what the query set does
    sessions_agreed: int
    minutes: int
    rate: Decimal
    cancellation_notice_hours: int
    review_on: date
    review_set_on: date
    organisation: Organisation | None
    purchase_order: str
    agreement_id: int | None

    @property
    def can_be_booked(self) -> bool:
        return self.status in self.BOOKABLE

    @property
    def can_be_accepted(self) -> bool:
        return self.status == self.Status.PROPOSED

    @property
    def can_be_changed(self) -> bool:
        """The terms are the coach's to change until the client has accepted them."""
        return self.status == self.Status.PROPOSED

    @property
    def can_be_reviewed(self) -> bool:
        return self.status in (self.Status.AGREED, self.Status.IN_REVIEW, self.Status.PAUSED)

    @property
    def can_be_ended(self) -> bool:
        return self.can_be_reviewed or self.can_be_accepted

    @property
    def is_agreed(self) -> bool:
        return self.agreement_id is not None

    @property
    def is_paused(self) -> bool:
        return self.status == self.Status.PAUSED

    @property
    def is_over(self) -> bool:
        return self.status in (self.Status.COMPLETED, self.Status.ENDED, self.Status.DECLINED)

    @property
    def price_of_a_session(self) -> Decimal:
        return amounts.session_price(self.rate, self.minutes)

    @property
    def price_of_all(self) -> Decimal:
        return self.price_of_a_session * self.sessions_agreed

    @property
    def sessions_used(self) -> int:
        """Booked, held, missed or cancelled late; a waived charge gives its session back."""
        return self.sessions.counted_as_used().count()

    @property
    def sessions_left(self) -> int:
        return max(self.sessions_agreed - self.sessions_used, 0)

    def terms(self) -> dict[str, Any]:
        """What is frozen on acceptance, as plain values."""
        return {
            "sessions": self.sessions_agreed,
            "minutes": self.minutes,
            "rate": str(self.rate),
            "cancellation_notice_hours": self.cancellation_notice_hours,
            "review_on": self.review_on.isoformat(),
            "organisation": str(self.organisation or ""),
            "purchase_order": self.purchase_order,
        }

    def days_to_review(self, today: date) -> int:
        return (self.review_on - today).days

    def review_notice_due(self, today: date) -> int | None:
        """Which notice (14, 3 or 0 days) is due by now, or None.

        Only the latest one: after an outage nobody gets two. None for a day that had passed
        when the date was set.
        """
        for days in reversed(REVIEW_NOTICE_DAYS):
            due_on = self.review_on - timedelta(days=days)
            if today >= due_on:
                return days if due_on >= self.review_set_on else None
        return None
