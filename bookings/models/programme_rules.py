"""What a programme knows about itself: its terms in words, what may be done now, its review."""

from datetime import timedelta

from coaching_portal.billing import amounts

# Days before the review date on which both sides are told of it.
REVIEW_NOTICE_DAYS = (14, 3, 0)


class ProgrammeRules:
    """Predicates that pages and actions share, so that they cannot disagree."""

    @property
    def can_be_booked(self):
        return self.status in self.BOOKABLE

    @property
    def can_be_accepted(self):
        return self.status == self.Status.PROPOSED

    @property
    def can_be_changed(self):
        """The terms are the coach's to change until the client has accepted them."""
        return self.status == self.Status.PROPOSED

    @property
    def can_be_reviewed(self):
        return self.status in (self.Status.AGREED, self.Status.IN_REVIEW, self.Status.PAUSED)

    @property
    def can_be_ended(self):
        return self.can_be_reviewed or self.can_be_accepted

    @property
    def is_agreed(self):
        return self.agreement_id is not None

    @property
    def is_paused(self):
        return self.status == self.Status.PAUSED

    @property
    def is_over(self):
        return self.status in (self.Status.COMPLETED, self.Status.ENDED, self.Status.DECLINED)

    @property
    def price_of_a_session(self):
        return amounts.session_price(self.rate, self.minutes)

    @property
    def price_of_all(self):
        return self.price_of_a_session * self.sessions_agreed

    @property
    def sessions_used(self):
        """Booked, held, missed or cancelled late; a waived charge gives its session back."""
        return self.sessions.counted_as_used().count()

    @property
    def sessions_left(self):
        return max(self.sessions_agreed - self.sessions_used, 0)

    def terms(self):
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

    def days_to_review(self, today):
        return (self.review_on - today).days

    def review_notice_due(self, today):
        """Which notice (14, 3 or 0 days) is due by now, or None.

        Only the latest one: after an outage nobody is told twice. None for a day that had passed
        when the date was set.
        """
        for days in reversed(REVIEW_NOTICE_DAYS):
            due_on = self.review_on - timedelta(days=days)
            if today >= due_on:
                return days if due_on >= self.review_set_on else None
        return None
