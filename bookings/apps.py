from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        from bookings import invoicing, privacy
        from bookings.emails import enquiries, programme_letters, session_letters

        session_letters.register()
        programme_letters.register()
        enquiries.register()
        privacy.register()
        invoicing.register_credit_reasons()
