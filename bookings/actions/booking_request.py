"""What is asked for while booking, before anything is checked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings import pricing
from bookings.models import AgreementText, CoachingSession, Programme
from profiles.models import Coach, Organisation


@dataclass(frozen=True)
class BookingRequest:
    """A time with a coach."""

    coach: Coach
    starts_at: datetime
    minutes: int
    location: str = CoachingSession.Location.VIDEO
    programme: Programme | None = None
    # The coach's own choice: she may book a client outside her hours, never on top of something.
    outside_hours: bool = False

    @property
    def kind(self) -> CoachingSession.Kind:
        return pricing.kind_for(self.minutes, self.programme)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Acceptance:
    """The text that was shown and accepted, and from where."""

    text: AgreementText
    accepted_from: str | None = None
    wishes_to_start_early: bool = False


@dataclass(frozen=True)
class Details:
    """The details entered while booking. The agenda is the client's own."""

    name: str = ""
    location_details: str = ""
    organisation: Organisation | None = None
    purchase_order: str = ""
    needs: str = ""
    agenda: str = ""
    acceptance: Acceptance | None = None
