from bookings.models.acceptance_links import AcceptanceLink
from bookings.models.agreements import Agreement, AgreementText
from bookings.models.connections import CalendarConnection, CalendarEntry, ConnectedCalendar
from bookings.models.earlier_times import EarlierTimeWish
from bookings.models.embedding import EmbedOrigin
from bookings.models.enquiries import Enquiry
from bookings.models.extensions import Extension
from bookings.models.feeds import CalendarFeed
from bookings.models.hours import BookingRules, BusyTime, DateOverride, TimeOff, WeeklyHours
from bookings.models.move_requests import MoveRequest
from bookings.models.occupied_time import OccupiedTime
from bookings.models.pending_bookings import PendingBooking
from bookings.models.programmes import Programme, Review
from bookings.models.sessions import AgendaItem, CoachingSession, SessionEvent

__all__ = [
    "AcceptanceLink",
    "AgendaItem",
    "Agreement",
    "AgreementText",
    "BookingRules",
    "BusyTime",
    "CalendarConnection",
    "CalendarEntry",
    "CalendarFeed",
    "CoachingSession",
    "ConnectedCalendar",
    "DateOverride",
    "EarlierTimeWish",
    "EmbedOrigin",
    "Enquiry",
    "Extension",
    "MoveRequest",
    "OccupiedTime",
    "PendingBooking",
    "Programme",
    "Review",
    "SessionEvent",
    "TimeOff",
    "WeeklyHours",
]
