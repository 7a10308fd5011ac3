"""Whatever changes something: verbs that lock, check, change and tell."""

from bookings.actions.booking import book, extend_hold, hold
from bookings.actions.changes import (
    AlreadyStarted,
    InsideNotice,
    NotBooked,
    add_to_agenda,
    cancel,
    move,
    remove_from_agenda,
)
from bookings.actions.locking import ClientIsBusy, Refused, TimeTaken
from bookings.actions.offers import AgreementNeeded, AllowanceUsed, IntroductionUsed, NotOffered
from bookings.actions.programmes import (
    LengthNotOffered,
    NotPossibleNow,
    ReviewDateNeeded,
    SessionsNeeded,
    Terms,
    TermsHaveChanged,
)

__all__ = [
    "AgreementNeeded",
    "AllowanceUsed",
    "AlreadyStarted",
    "ClientIsBusy",
    "InsideNotice",
    "IntroductionUsed",
    "LengthNotOffered",
    "NotBooked",
    "NotOffered",
    "NotPossibleNow",
    "Refused",
    "ReviewDateNeeded",
    "SessionsNeeded",
    "Terms",
    "TermsHaveChanged",
    "TimeTaken",
    "add_to_agenda",
    "book",
    "cancel",
    "extend_hold",
    "hold",
    "move",
    "remove_from_agenda",
]
