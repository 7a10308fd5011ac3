"""Groups and their permissions in Django admin."""

from django.contrib import admin
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

from coaching_portal.common.admin import PortalModelAdmin
from profiles.accounts import office_changes


class SuperusersOnly(BaseModelAdmin):
    """Shown to whoever may see it; only superusers change what lets people in."""

    def has_add_permission(self, request, *args):
        return request.user.is_superuser and super().has_add_permission(request, *args)

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser and super().has_delete_permission(request, obj)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(SuperusersOnly, PortalModelAdmin, DjangoGroupAdmin):
    """Offers the permissions that this site asks about; those of a group already stay on offer."""

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if change and "permissions" in form.changed_data:
            self._tell(form.instance)

    def delete_model(self, request, obj):
        self._tell(obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        for group in queryset:
            self.delete_model(request, group)

    def _tell(self, group):
        for user in group.user_set.filter(is_active=True):
            office_changes.tell_of_rights(user=user, at=timezone.now())

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "permissions":
            kwargs["queryset"] = Permission.objects.filter(
                models.Q(content_type__in=self._kinds_of_what_is_seen_here())
                | models.Q(pk__in=Group.permissions.through.objects.values("permission"))
            )
        return super().formfield_for_manytomany(db_field, request=request, **kwargs)

    def _kinds_of_what_is_seen_here(self):
        seen = set(self.admin_site._registry)
        for each in self.admin_site._registry.values():
            seen.update(inline.model for inline in each.inlines)
        return ContentType.objects.get_for_models(*seen).values()
