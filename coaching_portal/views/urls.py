"""Addresses of the pages that show several apps at once."""

from django.urls import path

from coaching_portal.views import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
