from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        from bookings import invoicing, privacy
        from bookings.calendars import feeds
        from bookings.emails import (
            acceptance,
            earlier_times,
            enquiries,
            move_request_content,
            pending_bookings,
            programme_content,
            series_content,
            session_content,
        )

        session_content.register()
        programme_content.register()
        series_content.register()
        acceptance.register()
        earlier_times.register()
        enquiries.register()
        move_request_content.register()
        pending_bookings.register()
        feeds.register()
        privacy.register()
        invoicing.register_credit_reasons()
