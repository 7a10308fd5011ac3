from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self):
        from bookings import letters, programme_letters

        letters.register()
        programme_letters.register()
