"""What people sign in with, and where they are signed in, in Django admin."""

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.admin import EmailAddressAdmin as AllauthEmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.mfa.admin import AuthenticatorAdmin
from allauth.mfa.models import Authenticator
from allauth.usersessions.admin import UserSessionAdmin as AllauthUserSessionAdmin
from allauth.usersessions.models import UserSession
from django.contrib import admin

from coaching_portal.common.admin import PortalModelAdmin, ReadOnly
from profiles.admin.groups import SuperusersOnly


class SignedInDeviceAdmin(PortalModelAdmin, AllauthUserSessionAdmin):
    """Who is signed in where; deleting a row signs out there. The key of a session signs in."""

    fields = ("user", "created_at", "last_seen_at", "ip", "user_agent")
    search_fields = ("user__name", "user__email", "ip")

    def delete_model(self, request, obj):
        obj.end()

    def delete_queryset(self, request, queryset):
        for session in queryset:
            session.end()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


admin.site.unregister(UserSession)
admin.site.register(UserSession, SignedInDeviceAdmin)


class EmailAddressAdmin(ReadOnly, PortalModelAdmin, AllauthEmailAddressAdmin):
    """What people sign in with: changed by themselves, or by a superuser on the person's page."""

    actions = None


admin.site.unregister(EmailAddress)
admin.site.register(EmailAddress, EmailAddressAdmin)


class SecondFactorAdmin(SuperusersOnly, PortalModelAdmin, AuthenticatorAdmin):
    """Who has lost theirs has it deleted here, is told, and it is recorded; nobody is given one."""

    fields = ("user", "type", "created_at", "last_used_at")
    REMOVED = {
        Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
        Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    }

    def delete_model(self, request, obj):
        if template := self.REMOVED.get(obj.type):
            get_account_adapter(request).send_notification_mail(template, obj.user)
        obj.delete()

    def delete_queryset(self, request, queryset):
        for factor in queryset:
            self.delete_model(request, factor)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False


admin.site.unregister(Authenticator)
admin.site.register(Authenticator, SecondFactorAdmin)
