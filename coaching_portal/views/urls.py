"""Addresses of the pages that show several apps at once."""

urlpatterns: list = []
