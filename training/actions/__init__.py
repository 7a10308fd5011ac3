from training.actions.cancelling import AlreadyBegun, cancel_booking, cancel_cohort, cancel_place
from training.actions.claiming import claim_places
from training.actions.cohorts import announce_changes
from training.actions.crediting import cohort_credits, credit_cohort
from training.actions.enrolling import enrol
from training.actions.locking import CohortBusy
from training.actions.naming import name_learner, substitute
from training.actions.offers import accept_offer, decline_offer, offer_free_places
from training.actions.places import (
    AddressNotConfirmed,
    AlreadyEnrolled,
    CohortFull,
    EnrolmentClosed,
    Learner,
    NotEntitled,
    OfferEnded,
    PurchaseOrderRefused,
)
from training.actions.waiting import AlreadyWaiting, join_waiting_list, leave_waiting_list

__all__ = [
    "AddressNotConfirmed",
    "AlreadyBegun",
    "AlreadyEnrolled",
    "AlreadyWaiting",
    "CohortBusy",
    "CohortFull",
    "EnrolmentClosed",
    "Learner",
    "NotEntitled",
    "OfferEnded",
    "PurchaseOrderRefused",
    "accept_offer",
    "announce_changes",
    "cancel_booking",
    "cancel_cohort",
    "cancel_place",
    "claim_places",
    "cohort_credits",
    "credit_cohort",
    "decline_offer",
    "enrol",
    "join_waiting_list",
    "leave_waiting_list",
    "name_learner",
    "offer_free_places",
    "substitute",
]
