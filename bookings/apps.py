from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        from bookings import enquiry_letters, invoicing, letters, privacy, programme_letters

        letters.register()
        programme_letters.register()
        enquiry_letters.register()
        privacy.register()
        invoicing.register_credit_reasons()
