"""Calendars of coaches elsewhere, as programs speak with them: no models, no rules of ours."""
