"""What the office comes for: what is to be done, by number, as the admin's first page counts it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import admin
from django.http import HttpRequest

from coaching_portal.common import to_do
from coaching_portal.common.to_do import Waiting
from coaching_portal.website.your_home.section import Section

ITEMS = 7


@dataclass(frozen=True, kw_only=True)
class OfficeSection(Section):
    key = "office"
    name = "The office"
    template = "website/_home_office.html"

    items: list[Waiting]
    has_more: bool


def section(request: HttpRequest, at: datetime) -> OfficeSection | None:
    if not request.user.is_staff:
        return None
    waiting = [each for each in to_do.counted(request, admin.site, at) if each.count]
    return OfficeSection(
        due_at=at if waiting else None, items=waiting[:ITEMS], has_more=len(waiting) > ITEMS
    )
