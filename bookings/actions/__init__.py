"""Whatever changes something: verbs that lock, check, change and tell."""

from bookings.actions.booking import book
from bookings.actions.changes import (
    AlreadyStarted,
    InsideNotice,
    NotBooked,
    SameTime,
    add_to_agenda,
    cancel,
    move,
    remove_from_agenda,
)
from bookings.actions.checks import (
    AgreementNeeded,
    AllowanceUsed,
    IntroductionUsed,
    NotOffered,
    TooManyOpen,
)
from bookings.actions.holds import extend_hold, hold
from bookings.actions.hours import (
    HoursUnclear,
    clear_date,
    copy_week,
    end_time_off,
    open_bank_holiday,
    set_date,
    set_rules,
    set_weekly_hours,
    take_time_off,
)
from bookings.actions.locking import ClientIsBusy, TimeTaken
from bookings.actions.outcomes import (
    AlreadyInvoiced,
    NothingToWaive,
    NotOver,
    complete_unconfirmed,
    confirm,
    no_show,
    record_did_not_take_place,
    record_outcome,
    waive,
)
from bookings.actions.series import book_series
from bookings.actions.undo import NothingToUndo, TooLate, undo

__all__ = [
    "AgreementNeeded",
    "AllowanceUsed",
    "AlreadyInvoiced",
    "AlreadyStarted",
    "ClientIsBusy",
    "HoursUnclear",
    "InsideNotice",
    "IntroductionUsed",
    "NotBooked",
    "NotOffered",
    "NotOver",
    "NothingToUndo",
    "NothingToWaive",
    "SameTime",
    "TimeTaken",
    "TooLate",
    "TooManyOpen",
    "add_to_agenda",
    "book",
    "book_series",
    "cancel",
    "clear_date",
    "complete_unconfirmed",
    "confirm",
    "copy_week",
    "end_time_off",
    "extend_hold",
    "hold",
    "move",
    "no_show",
    "open_bank_holiday",
    "record_did_not_take_place",
    "record_outcome",
    "remove_from_agenda",
    "set_date",
    "set_rules",
    "set_weekly_hours",
    "take_time_off",
    "undo",
    "waive",
]
