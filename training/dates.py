"""Calendar dates of moments, where the training is: in London."""

from zoneinfo import ZoneInfo

from coaching_portal.wording import LONDON


def london_date(moment):
    return moment.astimezone(ZoneInfo(LONDON)).date()
