"""Signing up, signing in and staying safe: how the portal uses django-allauth."""
