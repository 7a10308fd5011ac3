"""People and their public pages in Django admin."""

from profiles.admin.coaches import CoachAdmin
from profiles.admin.complaints import DataComplaintAdmin
from profiles.admin.groups import GroupAdmin
from profiles.admin.leaders import LeaderAdmin
from profiles.admin.organisations import OrganisationAdmin
from profiles.admin.people import UserAdmin
from profiles.admin.sign_in import EmailAddressAdmin, SecondFactorAdmin, SignedInDeviceAdmin

__all__ = [
    "CoachAdmin",
    "DataComplaintAdmin",
    "EmailAddressAdmin",
    "GroupAdmin",
    "LeaderAdmin",
    "OrganisationAdmin",
    "SecondFactorAdmin",
    "SignedInDeviceAdmin",
    "UserAdmin",
]
