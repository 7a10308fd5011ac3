"""The rules of one session: until when it may be moved or cancelled, and what that costs.

Pages and actions ask the same predicates, so that they cannot disagree. Notice is elapsed time,
whatever the clocks do.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from coaching_portal.billing.models import InvoiceLine
from coaching_portal.common.dates import in_cooling_off_period
from profiles.models import Coach, User

if TYPE_CHECKING:
    from bookings.models.programmes import Programme
    from bookings.models.sessions import CoachingSession

JOIN_EARLY = timedelta(minutes=10)


class SessionRules:
    """What a CoachingSession knows about itself at a moment."""

    # What the rules ask of the model that they belong to.
    Kind: "type[CoachingSession.Kind]"
    Location: "type[CoachingSession.Location]"
    Status: "type[CoachingSession.Status]"
    CHARGED: "tuple[CoachingSession.Status, ...]"
    uuid: UUID
    kind: str
    status: str
    coach: Coach
    client_id: int | None
    programme: "Programme | None"
    programme_id: int | None
    organisation_id: int | None
    starts_at: datetime
    ends_at: datetime
    location: str
    location_details: str
    price: Decimal
    cancellation_notice_hours: int
    booked_at: datetime | None
    awaits_acceptance: bool
    accepted_later_at: datetime | None
    confirmed_at: datetime | None
    waived_at: datetime | None
    invoice_line: InvoiceLine | None

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def reference(self) -> str:
        """A short name for telephone and mail."""
        return f"CS-{self.uuid.hex[:8].upper()}"

    @property
    def is_booked(self) -> bool:
        return self.status == self.Status.BOOKED

    @property
    def is_cancelled(self) -> bool:
        return self.status == self.Status.CANCELLED

    @property
    def was_cancelled(self) -> bool:
        """In time or late."""
        return self.status in (self.Status.CANCELLED, self.Status.CANCELLED_LATE)

    @property
    def is_completed(self) -> bool:
        return self.status == self.Status.COMPLETED

    @property
    def is_video(self) -> bool:
        return self.location == self.Location.VIDEO

    @property
    def is_introduction(self) -> bool:
        return self.kind == self.Kind.INTRODUCTION

    @property
    def is_free(self) -> bool:
        return not self.price

    @property
    def is_late(self) -> bool:
        return self.status in (self.Status.CANCELLED_LATE, self.Status.NO_SHOW)

    @property
    def is_billable(self) -> bool:
        if self.awaits_acceptance and self.is_late:
            return False
        return self.status in self.CHARGED and self.waived_at is None and self.price > 0

    @property
    def free_cancellation_until(self) -> datetime:
        """The last moment at which the client may move or cancel at no charge."""
        return self.starts_at - timedelta(hours=self.cancellation_notice_hours)

    def has_started(self, at: datetime) -> bool:
        return at >= self.starts_at

    def has_ended(self, at: datetime) -> bool:
        return at >= self.ends_at

    def is_inside_notice(self, at: datetime) -> bool:
        return at > self.free_cancellation_until

    def is_coached_by(self, user: User) -> bool:
        return self.coach.user_id == user.pk

    def content_visible_to(self, user: User) -> bool:
        """Whether the user sees what the session is about: its client and its coach do."""
        return self.client_id == user.pk or self.is_coached_by(user)

    def in_cooling_off_period(self, at: datetime) -> bool:
        """Whether a consumer's 14 days run: from the programme's contract, where there is one."""
        if self.organisation_id or self.booked_at is None:
            return False
        made_at = self.accepted_later_at or self.booked_at
        if self.programme and self.programme.agreement:
            made_at = self.programme.agreement.accepted_at
        return in_cooling_off_period(at, agreed_at=made_at)

    @property
    def costs_something_if_late(self) -> bool:
        """A free conversation costs nothing; a programme's session counts, also at no price."""
        return bool(self.price) or self.programme_id is not None

    def can_be_cancelled(self, at: datetime) -> bool:
        return self.is_booked and not self.has_started(at)

    def status_if_cancelled(self, *, by: User, at: datetime) -> "CoachingSession.Status":
        """A coach's own cancellation is never late, and neither is that of what costs nothing."""
        if self.is_coached_by(by) or not self.is_inside_notice(at):
            return self.Status.CANCELLED
        if self.awaits_acceptance:
            return self.Status.CANCELLED
        if not self.costs_something_if_late or self.in_cooling_off_period(at):
            return self.Status.CANCELLED
        return self.Status.CANCELLED_LATE

    def is_late_if_cancelled(self, *, by: User, at: datetime) -> bool:
        return self.status_if_cancelled(by=by, at=at) == self.Status.CANCELLED_LATE

    def can_be_accepted(self, at: datetime) -> bool:
        """Whether its client can still accept the agreement that the coach has booked by."""
        return self.awaits_acceptance and self.is_booked and not self.has_started(at)

    def can_be_moved(self, *, by: User, at: datetime) -> bool:
        if not self.is_booked or self.has_started(at):
            return False
        return self.is_coached_by(by) or not self.is_inside_notice(at)

    def can_ask_to_move(self, *, by: User, at: datetime) -> bool:
        """Whether another time is the coach's to grant: the notice has begun."""
        return self.can_be_cancelled(at) and not self.can_be_moved(by=by, at=at)

    def length_can_change(self, *, by: User, at: datetime) -> bool:
        """By its coach, until it starts or is invoiced. Which lengths: `pricing.other_lengths`."""
        is_open = self.is_booked and not self.has_started(at) and self.invoice_line is None
        return is_open and self.is_coached_by(by) and not self.is_introduction

    def agenda_can_change(self, at: datetime) -> bool:
        return self.is_booked and not self.has_started(at)

    # --- what became of it: actions/outcomes.py asks these, and so do the coach's pages ---

    def is_to_confirm(self, at: datetime) -> bool:
        """Over, and the coach has not said yet what became of it."""
        return self.is_booked and self.has_ended(at)

    def can_record_outcome(self, at: datetime) -> bool:
        """Whether the coach may say what became of it, or correct what was said."""
        return self.has_ended(at) and (self.is_booked or self.confirmed_at is not None)

    @property
    def is_on_issued_invoice(self) -> bool:
        line = self.invoice_line
        return line is not None and line.invoice.issued_at is not None

    @property
    def is_waived(self) -> bool:
        return self.waived_at is not None

    @property
    def can_be_waived(self) -> bool:
        is_charged = self.costs_something_if_late and not self.awaits_acceptance
        return self.is_late and not self.is_waived and is_charged

    @property
    def join_url(self) -> str:
        """The session's own room, or the coach's standing one."""
        if not self.is_video:
            return ""
        if self.location_details.startswith("https://"):
            return self.location_details
        rules = getattr(self.coach, "booking_rules", None)
        return rules.video_room_url if rules else ""

    def can_be_joined(self, at: datetime) -> bool:
        """From ten minutes before the start until the end."""
        is_time = self.starts_at - JOIN_EARLY <= at < self.ends_at
        return self.is_booked and is_time and bool(self.join_url)
