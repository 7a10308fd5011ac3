"""Sessions in step with other calendars."""
