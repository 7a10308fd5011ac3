"""The portal's addresses without its answer to a database that is away."""

from coaching_portal.urls import urlpatterns

__all__ = ["urlpatterns"]
