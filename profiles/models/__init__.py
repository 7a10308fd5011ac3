from profiles.models.coaches import Client, Coach
from profiles.models.organisations import DiaryDelegate, Membership, Organisation
from profiles.models.users import User, sort_key

__all__ = ["Client", "Coach", "DiaryDelegate", "Membership", "Organisation", "User", "sort_key"]
