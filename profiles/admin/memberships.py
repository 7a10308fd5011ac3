"""Rows about a person that are added or taken away, as those of memberships."""

from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin

from profiles.models import (
    Membership,
)


class AddedOrTakenAway(InlineModelAdmin):
    """Rows that are added or taken away, not changed: one that is there needs no list to choose
    from, which would be a question to the database for each row."""

    related: tuple[str, ...] = ()
    extra = 0

    def get_queryset(self, request):
        return super().get_queryset(request).select_related(*self.related)

    def has_change_permission(self, request, obj=None):
        return False


class MembershipInline(AddedOrTakenAway, admin.StackedInline):
    model = Membership
    autocomplete_fields = related = ("user", "organisation")
