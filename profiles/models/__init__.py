from profiles.models.assistants import AssistantInvitation
from profiles.models.careers import CareerEntry, Publication, Qualification
from profiles.models.coaches import Client, Coach
from profiles.models.complaints import DataComplaint
from profiles.models.consents import Consent
from profiles.models.erasures import Erasure
from profiles.models.leaders import Interview, Leader, Theme
from profiles.models.organisations import DiaryDelegate, Membership, Organisation
from profiles.models.users import User, sort_key

__all__ = [
    "AssistantInvitation",
    "CareerEntry",
    "Client",
    "Coach",
    "Consent",
    "DataComplaint",
    "DiaryDelegate",
    "Erasure",
    "Interview",
    "Leader",
    "Membership",
    "Organisation",
    "Publication",
    "Qualification",
    "Theme",
    "User",
    "sort_key",
]
