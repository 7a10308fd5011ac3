"""Every address of the portal: the apps' own, and pages that show several apps at once."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("coaching_portal.views.urls")),
    path("", include("bookings.urls")),
    path("", include("training.urls")),
    path("", include("profiles.urls")),
    path("", include("coaching_portal.billing.urls")),
    path("", include("coaching_portal.notifications.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
