"""Every address of the portal: the apps' own, and pages that show several apps at once."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from profiles.accounts.views import SignIn


@login_not_required
@never_cache
def _in_already(request, extra_context=None):
    """Django's form would take a colleague's password here, without limit or second step."""
    return redirect("admin:index")


# The admin has no door of its own: signing in, second step and password are the account's.
admin.site.login = secure_admin_login(_in_already)

handler400 = "coaching_portal.website.server_errors.bad_request"
handler403 = "coaching_portal.website.server_errors.permission_denied"
handler404 = "coaching_portal.website.server_errors.page_not_found"
handler500 = "coaching_portal.website.server_errors.handle_server_error"

urlpatterns = [
    path("", include("coaching_portal.website.urls")),
    path("", include("coaching_portal.backoffice.urls")),
    path("", include("coaching_portal.operations.health.urls")),
    path("", include("bookings.urls")),
    path("", include("training.urls")),
    path("", include("profiles.urls")),
    path("", include("coaching_portal.billing.urls")),
    path("", include("coaching_portal.notifications.urls")),
    path("account/2fa/webauthn/", include("profiles.accounts.passkeys")),
    path("account/login/", SignIn.as_view(), name="account_login"),
    path("account/", include("allauth.urls")),
    path("admin/password_change/", RedirectView.as_view(pattern_name="account_change_password")),
    path("admin/", admin.site.urls),
]
