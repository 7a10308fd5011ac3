"""How Django finds our admin site."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    default_site = "coaching_portal.backoffice.admin_site.PortalAdminSite"
