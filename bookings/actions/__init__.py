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
from bookings.actions.outcomes import (
    AlreadyInvoiced,
    NothingToWaive,
    NotOver,
    call_off,
    complete_unconfirmed,
    confirm,
    correct,
    no_show,
    waive,
)

__all__ = [
    "AgreementNeeded",
    "AllowanceUsed",
    "AlreadyInvoiced",
    "AlreadyStarted",
    "ClientIsBusy",
    "InsideNotice",
    "IntroductionUsed",
    "NotBooked",
    "NotOffered",
    "NotOver",
    "NothingToWaive",
    "Refused",
    "TimeTaken",
    "add_to_agenda",
    "book",
    "call_off",
    "cancel",
    "complete_unconfirmed",
    "confirm",
    "correct",
    "extend_hold",
    "hold",
    "move",
    "no_show",
    "remove_from_agenda",
    "waive",
]
