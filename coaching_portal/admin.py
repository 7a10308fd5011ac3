"""The admin site: Django admin in the portal's colours, arranged by task."""
